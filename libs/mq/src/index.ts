// For libs/broker and the broker's app.
export type { ConfirmedState } from './confirmed-state.js';
export { createBrokerState } from './confirmed-state.js';
export type { MessageBrokerParts } from './create-message-broker.js';
export { createMessageBroker } from './create-message-broker.js';
export type { MessageBroker, MessageBrokerCounters } from './message-broker.js';
export type { MessageBrokerOptions } from './message-broker.options.js';
export { resolveMessageBrokerOptions } from './message-broker.options.js';
export type { MqErrorCode } from './mq-error.js';
export { MqError } from './mq-error.js';
