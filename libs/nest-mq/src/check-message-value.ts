import { MqError } from '#mq-client';
import { checkInput, RpcError } from '#rpc';
import type { MqTopic } from './topic.js';

/** The value as the topic's schema converts it; the value itself without a schema. A value, not a promise, when the schema answers at once. */
export function checkMessageValue(topic: Pick<MqTopic<never>, 'schema' | 'topic'>, value: unknown): unknown {
  return topic.schema === undefined ? value : checkInput(topic.schema, value, topic.topic);
}

/** A failed check as an error of the queue. */
export function badMessage(error: unknown): MqError {
  if (error instanceof MqError) return error;
  const isCheck = error instanceof RpcError && error.code === 'INVALID_ARGUMENT';
  const reason = error instanceof Error ? error.message : String(error);
  return new MqError('bad-message', isCheck ? `${reason} ${JSON.stringify(error.details)}` : reason, { cause: error });
}
