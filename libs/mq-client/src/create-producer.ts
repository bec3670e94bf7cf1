import type { Platform } from '#platform';
import type { RpcChannel } from '#rpc';
import { BatchingProducer } from './producer/batching-producer.js';
import type { Producer } from './producer/producer.js';
import { type ProducerSettings, resolveProducerOptions } from './producer/producer.options.js';
import { RpcBrokerOperations } from './rpc-broker-operations.js';

/** A producer that sends over `channel`, which it does not close. @throws {OptionsError} */
export function createProducer(
  given: ProducerSettings,
  channel: RpcChannel,
  platform: Pick<Platform, 'clock' | 'random'>,
): Producer {
  return new BatchingProducer(resolveProducerOptions(given), new RpcBrokerOperations(channel), platform);
}
