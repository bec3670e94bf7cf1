import { SET, SET_HEADER_BYTES, setBytes } from './message-set.format.js';
import { COMPRESSIONS, type Compression, SET_KINDS, type SetKind } from './message-set.js';
import { readU64 } from './u64.js';

/** The header of one set, its topic and the places of its parts, without a look at its messages. Places count from the start of `bytes`. */
export interface MessageSetView {
  readonly bytes: Buffer;
  /** First byte of the broker part, and first byte after the set. */
  readonly at: number;
  readonly end: number;
  readonly kind: SetKind;
  readonly compression: Compression;
  readonly topic: string;
  readonly queueId: number;
  readonly messageCount: number;
  /** Offset of the first message; -1 for control and snapshot sets, which take none; 0 until the broker filled it. */
  readonly baseOffset: number;
  /** Broker's wall clock, ms since the Unix epoch; 0 until the broker filled it. */
  readonly storedAtMs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly metasAt: number;
  readonly bodiesAt: number;
}

/** Reads the header of the set at `at`. The set must have passed `checkMessageSet` or have been encoded here. */
export function viewMessageSet(bytes: Buffer, at = 0): MessageSetView {
  const topicEnd = at + SET_HEADER_BYTES + bytes.readUInt16BE(at + SET.topicBytesAt);
  // Checked to be inside their lists.
  const kind = SET_KINDS[bytes[at + SET.kindAt] as number] as SetKind;
  return {
    bytes,
    at,
    end: at + setBytes(bytes, at),
    kind,
    compression: COMPRESSIONS[bytes[at + SET.compressionAt] as number] as Compression,
    topic: bytes.toString('latin1', at + SET_HEADER_BYTES, topicEnd),
    queueId: bytes.readUInt16BE(at + SET.queueIdAt),
    messageCount: bytes.readUInt32BE(at + SET.countAt),
    baseOffset: kind === 'messages' ? readU64(bytes, at) : -1,
    storedAtMs: readU64(bytes, at + SET.storedAt),
    producerId: readU64(bytes, at + SET.producerIdAt),
    producerEpoch: bytes.readUInt32BE(at + SET.producerEpochAt),
    firstSequence: bytes.readUInt32BE(at + SET.firstSequenceAt),
    metasAt: topicEnd,
    bodiesAt: topicEnd + bytes.readUInt32BE(at + SET.metaBytesAt),
  };
}
