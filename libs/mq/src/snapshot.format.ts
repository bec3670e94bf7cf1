import { type BrokerState, emptyState, type GroupState, groupKey } from './broker-state.js';
import { QueueProgress } from './queue-progress.js';
import { RecordReader, RecordWriter } from './record-bytes.js';

/*
 * The whole state, cut into parts of up to SNAPSHOT_PART_BYTES; each part is the body of one `snapshot` set, all parts are one entry of the log.
 *
 *   part    version u8 = 1 | part index varint | part count varint | bytes blob
 *
 *   the parts' bytes in order:
 *   receipt key blob (empty: none) | topic count varint | per topic: name text | queue count varint
 *   group count varint | per group:
 *     group text | topic text | start from u8 | queue count varint | per queue:
 *       floor varint | settled ranges above it | failure count varint | per failure, by offset:
 *         gap to the offset before varint | failed deliveries varint | visible at ms varint
 *
 * Varints, text, blob and ranges are those of record.format.ts. Groups and topics are sorted by name, so equal states give equal bytes.
 */

const VERSION = 1;

/** Largest part of a snapshot, so that no single set is huge. */
export const SNAPSHOT_PART_BYTES = 1024 * 1024;

/** The parts of a snapshot, in order; at least one. */
export function encodeSnapshotParts(state: BrokerState): Buffer[] {
  const bytes = encodeState(state);
  const count = Math.max(1, Math.ceil(bytes.length / SNAPSHOT_PART_BYTES));
  const parts: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const writer = new RecordWriter();
    writer.u8(VERSION);
    writer.varint(index);
    writer.varint(count);
    writer.blob(bytes.subarray(index * SNAPSHOT_PART_BYTES, (index + 1) * SNAPSHOT_PART_BYTES));
    parts.push(writer.finish());
  }
  return parts;
}

/** One part of a snapshot; `bytes` is a copy. @throws {MqError} 'bad-record' */
export function decodeSnapshotPart(body: Buffer): { index: number; count: number; bytes: Buffer } {
  const reader = new RecordReader(body);
  const version = reader.u8();
  if (version !== VERSION) throw reader.bad(`snapshot version ${version}, this broker reads ${VERSION}`);
  const index = reader.varint();
  const count = reader.varint();
  const bytes = Buffer.from(reader.blob());
  reader.end();
  return { index, count, bytes };
}

/** The whole state as bytes: equal states give equal bytes. */
export function encodeState(state: BrokerState): Buffer {
  const writer = new RecordWriter();
  writer.blob(state.receiptKey ?? Buffer.alloc(0));
  writer.varint(state.topics.size);
  for (const topic of sortedValues(state.topics)) {
    writer.text(topic.topic);
    writer.varint(topic.queueCount);
  }
  writer.varint(state.groups.size);
  for (const group of sortedValues(state.groups)) writeGroup(writer, group);
  return writer.finish();
}

/** Reads what `encodeState` wrote. @throws {MqError} 'bad-record' */
export function decodeState(bytes: Buffer): BrokerState {
  const reader = new RecordReader(bytes);
  const state = emptyState();
  const key = reader.blob();
  if (key.length > 0) state.receiptKey = Buffer.from(key);
  const topicCount = reader.varint();
  for (let index = 0; index < topicCount; index++) {
    const topic = reader.text();
    state.topics.set(topic, { topic, queueCount: reader.varint() });
  }
  const groupCount = reader.varint();
  for (let index = 0; index < groupCount; index++) {
    const group = readGroup(reader);
    state.groups.set(groupKey(group.group, group.topic), group);
  }
  reader.end();
  return state;
}

function sortedValues<Value>(map: ReadonlyMap<string, Value>): Value[] {
  return [...map.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, value]) => value);
}

function writeGroup(writer: RecordWriter, group: GroupState): void {
  writer.text(group.group);
  writer.text(group.topic);
  writer.u8(group.startFrom === 'earliest' ? 0 : 1);
  writer.varint(group.queues.length);
  for (const queue of group.queues) {
    writer.varint(queue.floor);
    writer.ranges(queue.settled.ranges());
    writer.varint(queue.failures.size);
    let last = 0;
    for (const [offset, failure] of [...queue.failures].sort(([left], [right]) => left - right)) {
      writer.varint(offset - last);
      writer.varint(failure.count);
      writer.varint(failure.visibleAtMs);
      last = offset;
    }
  }
}

function readGroup(reader: RecordReader): GroupState {
  const group = reader.text();
  const topic = reader.text();
  const startFrom = reader.u8() === 0 ? 'earliest' : 'latest';
  const queueCount = reader.varint();
  const queues: QueueProgress[] = [];
  for (let index = 0; index < queueCount; index++) queues.push(readQueue(reader));
  return { group, topic, startFrom, queues };
}

function readQueue(reader: RecordReader): QueueProgress {
  const queue = new QueueProgress(reader.varint());
  queue.settle(reader.ranges());
  const failureCount = reader.varint();
  let offset = 0;
  for (let index = 0; index < failureCount; index++) {
    offset += reader.varint();
    queue.failures.set(offset, { count: reader.varint(), visibleAtMs: reader.varint() });
  }
  return queue;
}
