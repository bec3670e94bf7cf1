import { ObjectFields } from './object-fields.js';
import type { CreateTopicRequest } from './topic-operations.js';

const QUEUE_COUNT_MAX = 65_536;

/** Checks a request to make a topic. @throws {MqProtocolError} 'bad-request' */
export function parseCreateTopicRequest(value: unknown): CreateTopicRequest {
  const fields = new ObjectFields(value, 'createTopic');
  return fields.finish({
    topic: fields.text('topic', 1, 127),
    queueCount: fields.integer('queueCount', 1, QUEUE_COUNT_MAX),
  });
}

/** Checks a request that names a topic (describeTopic). @throws {MqProtocolError} 'bad-request' */
export function parseTopicRequest(value: unknown): { readonly topic: string } {
  const fields = new ObjectFields(value, 'topic');
  return fields.finish({ topic: fields.text('topic', 1, 127) });
}

/** Checks a request that names a group and a topic (describeGroup). @throws {MqProtocolError} 'bad-request' */
export function parseGroupRequest(value: unknown): { readonly group: string; readonly topic: string } {
  const fields = new ObjectFields(value, 'group');
  return fields.finish({ group: fields.text('group', 1, 127), topic: fields.text('topic', 1, 127) });
}
