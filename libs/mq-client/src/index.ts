// For applications.

// For other libraries.
export type { BrokerOperations } from './broker-operations.js';
export type { Consumer, ConsumerCounts, Delivery, MessageHandler } from './consumer/consumer.js';
export type { ConsumerOptions, ConsumerSettings, Subscription } from './consumer/consumer.options.js';
export { CONSUMER_DEFAULTS } from './consumer/consumer.options.js';
export { DeadLetter, RetryLater, Skip } from './consumer/verdicts.js';
export { createConsumer } from './create-consumer.js';
export { createProducer } from './create-producer.js';
export type { MqErrorCode, MqErrorFacts, MqOutcome } from './mq-error.js';
export { MqError } from './mq-error.js';
export type { OutgoingMessage } from './outgoing-message.js';
export type { Producer, ProducerCounts } from './producer/producer.js';
export type { ProducerOptions, ProducerSettings, QueueSelector } from './producer/producer.options.js';
export { PRODUCER_DEFAULTS } from './producer/producer.options.js';
export type { ReceivedMessage } from './received-message.js';
export { RpcBrokerOperations } from './rpc-broker-operations.js';
export type { Durability, SendReceipt } from './send-receipt.js';
