import { ObjectFields } from './object-fields.js';
import { REFUSAL_CODES, type Refusal } from './refusal.js';
import type { GroupDescription, TopicDescription } from './topic-operations.js';

const LIST_COUNT_MAX = 1_000_000;
const QUEUE_COUNT_MAX = 65_536;

/** Checks the description of a topic, on the client. @throws {MqProtocolError} 'bad-request' */
export function parseTopicDescription(value: unknown): TopicDescription {
  const fields = new ObjectFields(value, 'answer');
  const queues = fields.objects('queues', QUEUE_COUNT_MAX).map((queue) => ({
    queueId: queue.integer('queueId', 0, 65_535),
    startOffset: queue.integer('startOffset', 0, Number.MAX_SAFE_INTEGER),
    endOffset: queue.integer('endOffset', 0, Number.MAX_SAFE_INTEGER),
  }));
  return fields.finish({
    topic: fields.text('topic', 1, 127),
    queueCount: fields.integer('queueCount', 1, QUEUE_COUNT_MAX),
    queues,
  });
}

/** Checks the description of a group, on the client. @throws {MqProtocolError} 'bad-request' */
export function parseGroupDescription(value: unknown): GroupDescription {
  const fields = new ObjectFields(value, 'answer');
  const queues = fields.objects('queues', QUEUE_COUNT_MAX).map((queue) => ({
    queueId: queue.integer('queueId', 0, 65_535),
    floorOffset: queue.integer('floorOffset', 0, Number.MAX_SAFE_INTEGER),
    endOffset: queue.integer('endOffset', 0, Number.MAX_SAFE_INTEGER),
    inFlightCount: queue.integer('inFlightCount', 0, Number.MAX_SAFE_INTEGER),
    lagCount: queue.integer('lagCount', 0, Number.MAX_SAFE_INTEGER),
  }));
  return fields.finish({ group: fields.text('group', 1, 127), topic: fields.text('topic', 1, 127), queues });
}

/** Checks a list of topics (`{ topics: string[] }`), on the client. @throws {MqProtocolError} 'bad-request' */
export function parseTopicList(value: unknown): { readonly topics: readonly string[] } {
  const fields = new ObjectFields(value, 'answer');
  const topics = fields.list('topics', LIST_COUNT_MAX).filter((each) => typeof each === 'string');
  return fields.finish({ topics });
}

/** Checks a list of groups (`{ groups: { group, topic }[] }`), on the client. @throws {MqProtocolError} 'bad-request' */
export function parseGroupList(value: unknown): { readonly groups: readonly { group: string; topic: string }[] } {
  const fields = new ObjectFields(value, 'answer');
  const groups = fields
    .objects('groups', LIST_COUNT_MAX)
    .map((each) => ({ group: each.text('group', 1, 127), topic: each.text('topic', 1, 127) }));
  return fields.finish({ groups });
}

/** The refusal in an answer, if it is one: every operation that answers with an object may be refused. @throws {MqProtocolError} 'bad-request' */
export function parseRefusal(value: unknown): Refusal | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'refused') return undefined;
  const fields = new ObjectFields(value, 'refusal');
  const code = REFUSAL_CODES.find((each) => each === fields.text('code', 1, 64));
  if (code === undefined) fields.note('code', 'a known refusal code is expected');
  const message = fields.text('message', 0, 4096);
  const retryable = 'retryable' in value && value.retryable === true;
  return fields.finish({ kind: 'refused', code: code ?? 'bad-request', message, retryable });
}
