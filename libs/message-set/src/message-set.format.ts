import { crcOf } from './crc32.js';
import { metaBytes, writeMeta } from './message-meta.format.js';
import { type MessageSetDraft, SET_KINDS } from './message-set.js';
import { MessageSetError } from './message-set-error.js';
import { writeText } from './text-bytes.js';
import { isTopicName } from './topic-name.js';
import { writeU64 } from './u64.js';

/**
 * One message set: messages of one (topic, queue), the same bytes on the wire and on the disk. All numbers big-endian.
 *
 *   broker part, written by the broker; zero as sent by a client
 *   byte 0            8            16      18         20         24
 *        +------------+------------+-------+----------+----------+
 *        | baseOffset | storedAtMs | flags | reserved | broker   |
 *        | u64        | u64        | u16   | u16      | crc u32  |  crc of bytes 0 to 19
 *        +------------+------------+-------+----------+----------+
 *   client part, written by the client, stored and served as it came
 *   byte 24       28       32        33     34            35      36             40
 *        +--------+--------+---------+------+-------------+-------+--------------+
 *        | length | crc    | version | kind | compression | flags | messageCount |  length: of the client part
 *        | u32    | u32    | u8      | u8   | u8          | u8    | u32          |  crc: of all that follows it
 *        +--------+--------+---------+------+-------------+-------+--------------+
 *   byte 40           48              52              56          60              64           68        70      72
 *        +------------+---------------+---------------+-----------+---------------+------------+---------+-------+
 *        | producerId | producerEpoch | firstSequence | metaBytes | bodies stored | bodies raw | queueId | topic |
 *        | u64        | u32           | u32           | u32       | bytes u32     | bytes u32  | u16     | u16   |  length
 *        +------------+---------------+---------------+-----------+---------------+------------+---------+-------+
 *   byte 72: topic, then `messageCount` metas (message-meta.format.ts), then the bodies, one after the other, as one block.
 *
 * Only sets of kind `messages` take offsets; the base offset of the others is zero and means nothing.
 * Reasons: docs/formats/message-set.md.
 */
export const BROKER_PART_BYTES = 24;

/** Broker part and client part up to the topic. No set is shorter. */
export const SET_HEADER_BYTES = 72;

/** Places of the fields above, from the first byte of the broker part. */
export const SET = {
  storedAt: 8,
  brokerCrcAt: 20,
  lengthAt: 24,
  crcAt: 28,
  versionAt: 32,
  kindAt: 33,
  compressionAt: 34,
  flagsAt: 35,
  countAt: 36,
  producerIdAt: 40,
  producerEpochAt: 48,
  firstSequenceAt: 52,
  metaBytesAt: 56,
  storedBytesAt: 60,
  rawBytesAt: 64,
  queueIdAt: 68,
  topicBytesAt: 70,
} as const;

/** Limits of the format: no set is longer, whatever its length field says. */
export const SET_LIMITS = { version: 1, bytesMax: 64 * 1024 * 1024, countMax: 65535, topicBytesMax: 127 } as const;

/**
 * Encodes a draft as one set with a zeroed broker part.
 * @throws {MessageSetError} every code but 'unsupported-compression'; nothing of a bad draft is encoded.
 */
export function encodeMessageSet(draft: MessageSetDraft): Buffer {
  checkDraft(draft);
  let metas = 0;
  let bodies = 0;
  for (const message of draft.messages) {
    metas += metaBytes(message);
    bodies += message.body.length;
  }
  const bodiesAt = SET_HEADER_BYTES + draft.topic.length + metas;
  const size = bodiesAt + bodies;
  if (size > SET_LIMITS.bytesMax) {
    throw new MessageSetError('too-large', `the set has ${size} bytes, the limit is ${SET_LIMITS.bytesMax}`);
  }
  const target = Buffer.allocUnsafe(size);
  target.fill(0, 0, BROKER_PART_BYTES);
  writeSetHeader(target, draft, metas, bodies);
  let metaAt = writeText(target, SET_HEADER_BYTES, draft.topic);
  let bodyAt = bodiesAt;
  for (const [index, message] of draft.messages.entries()) {
    metaAt = writeMeta(target, metaAt, message, index, bodyAt - bodiesAt);
    target.set(message.body, bodyAt);
    bodyAt += message.body.length;
  }
  target.writeUInt32BE(crcOf(target, SET.versionAt, size), SET.crcAt);
  return target;
}

/** Writes what the broker knows into the set at `at`: its first offset (ignored for kinds that take none) and its store time. */
export function fillBrokerPart(bytes: Buffer, at: number, baseOffset: number, storedAtMs: number): void {
  writeU64(bytes, at, baseOffset);
  writeU64(bytes, at + SET.storedAt, storedAtMs);
  bytes.writeUInt32BE(0, at + 16);
  bytes.writeUInt32BE(crcOf(bytes, at, at + SET.brokerCrcAt), at + SET.brokerCrcAt);
}

/** Bytes of the whole set at `at`, broker part included. */
export function setBytes(bytes: Buffer, at: number): number {
  return BROKER_PART_BYTES + bytes.readUInt32BE(at + SET.lengthAt);
}

function checkDraft(draft: MessageSetDraft): void {
  const { kind, topic, queueId, messages } = draft;
  if (messages.length === 0 || messages.length > SET_LIMITS.countMax) {
    throw new MessageSetError('bad-count', `a set has 1 to ${SET_LIMITS.countMax} messages, not ${messages.length}`);
  }
  if (!(isTopicName(topic) || (topic === '' && kind !== 'messages'))) {
    throw new MessageSetError('bad-topic', `'${topic.slice(0, 140)}' is not a topic name`);
  }
  if (!isBelow(queueId, 65536)) throw new MessageSetError('bad-queue-id', `queue ${queueId} is not in [0, 65535]`);
  if (SET_KINDS.indexOf(kind) < 0) throw new MessageSetError('bad-number', `kind '${kind}' is unknown`);
  if (!isBelow(draft.producerId, Number.MAX_SAFE_INTEGER + 1)) {
    throw new MessageSetError('bad-number', `producer id ${draft.producerId} is not a safe integer >= 0`);
  }
  if (!isBelow(draft.producerEpoch, 2 ** 32) || !isBelow(draft.firstSequence, 2 ** 32)) {
    throw new MessageSetError(
      'bad-number',
      `epoch ${draft.producerEpoch} and sequence ${draft.firstSequence} must be u32`,
    );
  }
}

function isBelow(value: number, end: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < end;
}

function writeSetHeader(target: Buffer, draft: MessageSetDraft, metas: number, bodies: number): void {
  target.writeUInt32BE(target.length - BROKER_PART_BYTES, SET.lengthAt);
  target[SET.versionAt] = SET_LIMITS.version;
  target[SET.kindAt] = SET_KINDS.indexOf(draft.kind);
  target[SET.compressionAt] = 0;
  target[SET.flagsAt] = 0;
  target.writeUInt32BE(draft.messages.length, SET.countAt);
  writeU64(target, SET.producerIdAt, draft.producerId);
  target.writeUInt32BE(draft.producerEpoch, SET.producerEpochAt);
  target.writeUInt32BE(draft.firstSequence, SET.firstSequenceAt);
  target.writeUInt32BE(metas, SET.metaBytesAt);
  target.writeUInt32BE(bodies, SET.storedBytesAt);
  target.writeUInt32BE(bodies, SET.rawBytesAt);
  target.writeUInt16BE(draft.queueId, SET.queueIdAt);
  target.writeUInt16BE(draft.topic.length, SET.topicBytesAt);
}
