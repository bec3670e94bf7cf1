import { ObjectFields } from './object-fields.js';
import { RECEIVE_COUNT_MAX } from './receive-answer.frame.js';
import type { ReceiveRequest } from './receive-operation.js';

/** Longest long poll and longest lease of one request, in ms (1 hour and 12 hours). */
export const WAIT_MS_MAX = 3_600_000;
/** See WAIT_MS_MAX; also the longest delay of a nack. */
export const VISIBILITY_MS_MAX = 43_200_000;

/** Checks a receive's body (any codec that gives plain objects). @throws {MqProtocolError} 'bad-request' with every problem. */
export function parseReceiveRequest(value: unknown): ReceiveRequest {
  const fields = new ObjectFields(value, 'receive');
  return fields.finish({
    group: fields.text('group', 1, 127),
    topic: fields.text('topic', 1, 127),
    queueId: fields.integer('queueId', -1, 65_535),
    messageCountMax: fields.integer('messageCountMax', 1, RECEIVE_COUNT_MAX),
    bytesMax: fields.integer('bytesMax', 1, 0x7fffffff),
    waitMs: fields.integer('waitMs', 0, WAIT_MS_MAX),
    visibilityMs: fields.integer('visibilityMs', 1, VISIBILITY_MS_MAX),
    attemptId: fields.text('attemptId', 1, 64),
    startFrom: fields.choice('startFrom', ['earliest', 'latest']),
  });
}
