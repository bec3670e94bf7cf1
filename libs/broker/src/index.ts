// For applications and for the libraries that embed a broker.
export { bindBroker, brokerOperations } from './bind-broker.js';
export type { Broker, BrokerFailure, BrokerParts } from './broker.js';
export { createBroker } from './broker.js';
export type { BrokerOptions, BrokerSettings } from './broker.options.js';
export { brokerSettingDefaults, resolveBrokerOptions } from './broker.options.js';
export type { BrokerOperation, OperationCall } from './operations/operation.js';
