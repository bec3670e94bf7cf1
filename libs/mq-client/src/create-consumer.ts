import type { Platform } from '#platform';
import type { RpcChannel } from '#rpc';
import type { Consumer, MessageHandler } from './consumer/consumer.js';
import { type ConsumerSettings, resolveConsumerOptions } from './consumer/consumer.options.js';
import { GroupConsumer } from './consumer/group-consumer.js';
import { RpcBrokerOperations } from './rpc-broker-operations.js';

/** A member of a group that receives over `channel`, which it does not close. Nothing happens before `start`. @throws {OptionsError} */
export function createConsumer(
  given: ConsumerSettings,
  handler: MessageHandler,
  channel: RpcChannel,
  platform: Pick<Platform, 'clock' | 'random' | 'logger'>,
): Consumer {
  return new GroupConsumer(resolveConsumerOptions(given), handler, new RpcBrokerOperations(channel), platform);
}
