// For applications: `rookery/broker`.
export { BrokerLifecycle } from './broker.lifecycle.js';
export { BrokerModule } from './broker.module.js';
export type { BrokerModuleOptions } from './broker.module-definition.js';
export { BROKER } from './broker.tokens.js';
