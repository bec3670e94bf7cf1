// For applications: `rookery/mq`.

// The framework-free parts that applications meet.
export type {
  ConsumerCounts,
  Durability,
  MqErrorCode,
  MqOutcome,
  ProducerCounts,
  ProducerSettings,
  SendReceipt,
} from '#mq-client';
export { MqError } from '#mq-client';
export { connectRookery } from '#nest-rpc';
export type { Duration } from '#rpc';
export type { BrokerLinkOptions } from './broker-link.js';
export type { MqHandlerOptions } from './consume/handler-options.js';
export { MqConsumer } from './consume/mq-consumer.decorator.js';
export { MqContext } from './consume/mq-context.js';
export type { OnMessageHandler } from './consume/on-message.decorator.js';
export { OnMessage } from './consume/on-message.decorator.js';
export type { RookeryMqEvents, RookeryMqServerOptions, RookeryMqStatus } from './consume/rookery-mq-server.js';
export { RookeryMqServer } from './consume/rookery-mq-server.js';
export { MqModule } from './mq.module.js';
export type { MqModuleOptions } from './mq.module-definition.js';
export { MqClientsLifecycle } from './mq-clients.lifecycle.js';
export type { RookeryRecordOptions } from './mq-record.js';
export { RookeryRecord, RookeryRecordBuilder } from './mq-record.js';
export type { MqSendOptions } from './produce/mq-producer.js';
export { MqProducer } from './produce/mq-producer.js';
export type {
  RookeryMqClientEvents,
  RookeryMqClientOptions,
  RookeryMqClientStatus,
} from './produce/rookery-mq-client.js';
export { RookeryMqClient } from './produce/rookery-mq-client.js';
export type { MessageOf, MqTopic, TopicEncoding, TopicOptions } from './topic.js';
export { defineTopic } from './topic.js';
export { ROOKERY_MQ } from './transport-id.js';
export { DeadLetter, RetryLater, Skip } from './verdicts.js';
