import { checkMetas } from './check-metas.js';
import { crcOf } from './crc32.js';
import { BROKER_PART_BYTES, SET, SET_HEADER_BYTES, SET_LIMITS } from './message-set.format.js';
import { SET_KINDS } from './message-set.js';
import { isTopicName } from './topic-name.js';
import { readU64 } from './u64.js';

/** What a check of bytes that claim to be a message set found. `truncated`: more bytes are announced than there are. */
export type SetCheck =
  | { readonly kind: 'ok'; readonly sizeBytes: number; readonly messageCount: number }
  | {
      readonly kind: 'problem';
      readonly code: 'truncated' | 'bad-crc' | 'newer-version' | 'malformed' | 'unsupported-compression';
      readonly detail: string;
    };

/**
 * Checks everything of the set at `at` that decoding relies on: bounds, the client's CRC, every field of every meta. After `ok`, no reader of
 * this library can leave the set or throw. Never reads beyond `bytes`, never allocates by an announced size. The broker part is not looked at.
 */
export function checkMessageSet(bytes: Buffer, at = 0): SetCheck {
  const bounds = checkSetBytes(bytes, at);
  if (bounds.kind === 'problem') return bounds;
  const { sizeBytes, messageCount } = bounds;
  const version = bytes[at + SET.versionAt];
  if (version !== SET_LIMITS.version) return problem('newer-version', `set version ${version}`);
  const topicBytes = bytes.readUInt16BE(at + SET.topicBytesAt);
  const metas = bytes.readUInt32BE(at + SET.metaBytesAt);
  const stored = bytes.readUInt32BE(at + SET.storedBytesAt);
  const raw = bytes.readUInt32BE(at + SET.rawBytesAt);
  if (SET_HEADER_BYTES + topicBytes + metas + stored !== sizeBytes) {
    return problem('malformed', `parts of ${topicBytes}, ${metas} and ${stored} bytes do not make ${sizeBytes}`);
  }
  const fault = headerFault(bytes, at, topicBytes);
  if (fault !== undefined) return problem('malformed', fault);
  if (bytes[at + SET.compressionAt] !== 0) {
    return problem('unsupported-compression', `compression ${bytes[at + SET.compressionAt]}`);
  }
  if (stored !== raw) return problem('malformed', `${stored} bytes of bodies are not compressed and yet claim ${raw}`);
  const metasAt = at + SET_HEADER_BYTES + topicBytes;
  const metaFault = checkMetas(bytes, metasAt, metasAt + metas, messageCount, raw);
  return metaFault === undefined ? bounds : problem('malformed', metaFault);
}

/** The cheap part: bounds, CRC of the client part and message count. Enough for a set that passed the whole check before it was stored. */
export function checkSetBytes(bytes: Buffer, at: number): SetCheck {
  const rest = bytes.length - at;
  if (rest < SET_HEADER_BYTES) return problem('truncated', `${rest} bytes, a set has at least ${SET_HEADER_BYTES}`);
  const sizeBytes = BROKER_PART_BYTES + bytes.readUInt32BE(at + SET.lengthAt);
  if (sizeBytes > SET_LIMITS.bytesMax) return problem('malformed', `a length of ${sizeBytes} bytes`);
  if (sizeBytes < SET_HEADER_BYTES) return problem('malformed', `a length of ${sizeBytes} bytes`);
  if (sizeBytes > rest) return problem('truncated', `${sizeBytes} bytes announced, ${rest} there`);
  const stated = bytes.readUInt32BE(at + SET.crcAt);
  const found = crcOf(bytes, at + SET.versionAt, at + sizeBytes);
  if (stated !== found) return problem('bad-crc', `crc ${found} instead of ${stated}`);
  const messageCount = bytes.readUInt32BE(at + SET.countAt);
  if (messageCount === 0 || messageCount > SET_LIMITS.countMax) return problem('malformed', `${messageCount} messages`);
  return { kind: 'ok', sizeBytes, messageCount };
}

/** Whether the broker part at `at` is as a broker wrote it. There must be `BROKER_PART_BYTES` bytes. */
export function isBrokerPartIntact(bytes: Buffer, at: number): boolean {
  return (
    bytes.readUInt32BE(at + SET.brokerCrcAt) === crcOf(bytes, at, at + SET.brokerCrcAt) &&
    Number.isSafeInteger(readU64(bytes, at)) &&
    Number.isSafeInteger(readU64(bytes, at + SET.storedAt))
  );
}

function headerFault(bytes: Buffer, at: number, topicBytes: number): string | undefined {
  const kind = bytes.readUInt8(at + SET.kindAt);
  if (kind >= SET_KINDS.length) return `kind ${kind}`;
  if (bytes[at + SET.flagsAt] !== 0) return `flags ${bytes[at + SET.flagsAt]}`;
  if (!Number.isSafeInteger(readU64(bytes, at + SET.producerIdAt))) return 'a producer id above 2^53 - 1';
  if (topicBytes > SET_LIMITS.topicBytesMax) return `a topic of ${topicBytes} bytes`;
  if (topicBytes === 0 && kind !== 0) return undefined;
  const topicAt = at + SET_HEADER_BYTES;
  const topic = bytes.toString('latin1', topicAt, topicAt + topicBytes);
  return isTopicName(topic) ? undefined : `topic '${topic}'`;
}

function problem(code: Extract<SetCheck, { kind: 'problem' }>['code'], detail: string): SetCheck {
  return { kind: 'problem', code, detail };
}
