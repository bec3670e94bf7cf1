import type { OffsetRange } from './offset-ranges.js';
import { RecordReader, RecordWriter } from './record-bytes.js';
import type { QueueRanges, StateRecord } from './state-record.js';

/*
 * One state record: the body of the single message of a `control` set.
 *
 *   version u8 = 1 | kind u8 | fields (varint = LEB128, text and blob = varint size and bytes)
 *
 *   1 topic-created   topic text | queue count varint
 *   2 group-created   group text | topic text | start from u8 (0 earliest, 1 latest) | queue count varint | start offset varint each
 *   3 acked           group text | topic text | queues
 *   4 failed          group text | topic text | visible at ms varint | queues
 *   5 receipt-key     key blob
 *
 *   queues = count varint | per queue: queue id varint | ranges
 *   ranges = count varint | per range: gap to the end of the one before varint | length varint, at least 1
 *
 * Varints, because an ack of a batch is then some ten bytes beside the names. A reader refuses what it does not know: skipping a
 * record of a newer version would give another state than the one that was acknowledged.
 */

const VERSION = 1;
const KINDS = { topicCreated: 1, groupCreated: 2, acked: 3, failed: 4, receiptKey: 5 } as const;

/** A state record as the body of a control set. */
export function encodeRecord(record: StateRecord): Buffer {
  const writer = new RecordWriter();
  writer.u8(VERSION);
  switch (record.kind) {
    case 'topic-created':
      writer.u8(KINDS.topicCreated);
      writer.text(record.topic);
      writer.varint(record.queueCount);
      break;
    case 'group-created':
      writer.u8(KINDS.groupCreated);
      writer.text(record.group);
      writer.text(record.topic);
      writer.u8(record.startFrom === 'earliest' ? 0 : 1);
      writer.varint(record.startOffsets.length);
      for (const offset of record.startOffsets) writer.varint(offset);
      break;
    case 'acked':
      writer.u8(KINDS.acked);
      writer.text(record.group);
      writer.text(record.topic);
      writeQueues(writer, record.queues);
      break;
    case 'failed':
      writer.u8(KINDS.failed);
      writer.text(record.group);
      writer.text(record.topic);
      writer.varint(record.visibleAtMs);
      writeQueues(writer, record.queues);
      break;
    case 'receipt-key':
      writer.u8(KINDS.receiptKey);
      writer.blob(record.key);
      break;
  }
  return writer.finish();
}

/** Reads the body of a control set; nothing of the result shares memory with it. @throws {MqError} 'bad-record' */
export function decodeRecord(body: Buffer): StateRecord {
  const reader = new RecordReader(body);
  const version = reader.u8();
  if (version !== VERSION) throw reader.bad(`version ${version}, this broker reads ${VERSION}`);
  const record = readFields(reader);
  reader.end();
  return record;
}

function readFields(reader: RecordReader): StateRecord {
  const kind = reader.u8();
  switch (kind) {
    case KINDS.topicCreated:
      return { kind: 'topic-created', topic: reader.text(), queueCount: reader.varint() };
    case KINDS.groupCreated: {
      const group = reader.text();
      const topic = reader.text();
      const startFrom = reader.u8() === 0 ? 'earliest' : 'latest';
      const count = reader.varint();
      const startOffsets: number[] = [];
      for (let index = 0; index < count; index++) startOffsets.push(reader.varint());
      return { kind: 'group-created', group, topic, startFrom, startOffsets };
    }
    case KINDS.acked:
      return { kind: 'acked', group: reader.text(), topic: reader.text(), queues: readQueues(reader) };
    case KINDS.failed: {
      const group = reader.text();
      const topic = reader.text();
      return { kind: 'failed', group, topic, visibleAtMs: reader.varint(), queues: readQueues(reader) };
    }
    case KINDS.receiptKey:
      return { kind: 'receipt-key', key: Buffer.from(reader.blob()) };
    default:
      throw reader.bad(`kind ${kind} is unknown to this version`);
  }
}

function writeQueues(writer: RecordWriter, queues: readonly QueueRanges[]): void {
  writer.varint(queues.length);
  for (const { queueId, ranges } of queues) {
    writer.varint(queueId);
    writer.ranges(ranges);
  }
}

function readQueues(reader: RecordReader): QueueRanges[] {
  const count = reader.varint();
  const queues: QueueRanges[] = [];
  for (let index = 0; index < count; index++) {
    const queueId = reader.varint();
    const ranges: OffsetRange[] = reader.ranges();
    queues.push({ queueId, ranges });
  }
  return queues;
}
