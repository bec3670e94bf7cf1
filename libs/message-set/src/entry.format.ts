import { checkSetBytes, isBrokerPartIntact } from './check-message-set.js';
import { crcOf } from './crc32.js';
import { SET, setBytes } from './message-set.format.js';
import { readU64, writeU64 } from './u64.js';

/**
 * One entry of the commit log: 1..n message sets, all or none. Big-endian, a multiple of 8 bytes, at positions that are multiples of 8.
 *
 *   byte 0       4         5       6          8        12      16         24
 *        +-------+---------+-------+----------+--------+-------+----------+
 *        | magic | version | flags | setCount | length | epoch | position |  length: of the entry, padding included
 *        | RKRY  | u8      | u8    | u16      | u32    | u32   | u64      |  position: of the entry's first byte in the log
 *        +-------+---------+-------+----------+--------+-------+----------+
 *   byte 24         32           40         52          56
 *        +----------+------------+----------+-----------+------------------------------------------
 *        | syncedTo | storedAtMs | reserved | headerCrc | sets one after the other, then zeros to 8
 *        | u64      | u64        | 12 bytes | u32       | (message-set.format.ts)
 *        +----------+------------+----------+-----------+------------------------------------------
 *
 * headerCrc covers bytes 0 to 51 and, of every set, the broker part with the client's length and CRC: what the broker wrote and the
 * seal of what the client wrote, so that no body is summed twice. This rule stays the same in later versions.
 * Reasons: docs/formats/entry.md.
 */
export const ENTRY = {
  headerBytes: 56,
  /** Entries start at multiples of this and are as long, so a search for the next one steps by it. */
  alignmentBytes: 8,
  /** First four bytes of every entry, as text. */
  magicText: 'RKRY',
} as const;

const ENTRY_MAGIC = 0x524b5259;
const VERSION = 1;
const CRC_AT = 52;
const SEALED_SET_BYTES = SET.crcAt + 4;

/** What the header of an entry says. */
export interface EntryHeader {
  readonly setCount: number;
  /** Whole entry, padding included. */
  readonly sizeBytes: number;
  readonly epoch: number;
  readonly position: number;
  /** Everything before this position was durable when the entry was written. */
  readonly syncedTo: number;
  readonly storedAtMs: number;
}

/** What lies at a place where an entry may start. */
export type EntryCheck =
  | { readonly kind: 'entry'; readonly entry: EntryHeader }
  /** Zeros: nothing was written here. */
  | { readonly kind: 'blank' }
  /** More bytes are announced than there are. */
  | { readonly kind: 'torn'; readonly detail: string }
  | { readonly kind: 'damaged'; readonly detail: string }
  /** An intact entry that belongs to another position of the log. */
  | { readonly kind: 'foreign'; readonly position: number }
  | { readonly kind: 'newer'; readonly version: number };

/** Bytes of an entry with sets of `setsBytes` bytes in all. */
export function entryBytes(setsBytes: number): number {
  return Math.ceil((ENTRY.headerBytes + setsBytes) / ENTRY.alignmentBytes) * ENTRY.alignmentBytes;
}

/** Writes the header at `at`. The sets must follow it, with filled broker parts, and the padding must be zero. */
export function writeEntryHeader(target: Buffer, at: number, entry: EntryHeader): void {
  target.writeUInt32BE(ENTRY_MAGIC, at);
  target.writeUInt16BE(VERSION << 8, at + 4);
  target.writeUInt16BE(entry.setCount, at + 6);
  target.writeUInt32BE(entry.sizeBytes, at + 8);
  target.writeUInt32BE(entry.epoch, at + 12);
  writeU64(target, at + 16, entry.position);
  writeU64(target, at + 24, entry.syncedTo);
  writeU64(target, at + 32, entry.storedAtMs);
  target.fill(0, at + 40, at + CRC_AT);
  target.writeUInt32BE(headerCrc(target, at, entry.setCount, at + entry.sizeBytes), at + CRC_AT);
}

/** The length that the header at `at` announces, if there is a magic number; undefined if not. Unchecked: bound it before use. */
export function announcedEntryBytes(bytes: Buffer, at: number): number | undefined {
  if (bytes.length - at < 12 || bytes.readUInt32BE(at) !== ENTRY_MAGIC) return undefined;
  return bytes.readUInt32BE(at + 8);
}

/** Says what lies at `bytes[at]`, whose position in the log is `position`. Reads all of an entry, bodies included, and nothing beyond `bytes`. */
export function checkEntry(bytes: Buffer, at: number, position: number): EntryCheck {
  const rest = bytes.length - at;
  if (isZero(bytes, at, at + Math.min(rest, ENTRY.headerBytes))) return { kind: 'blank' };
  if (rest < ENTRY.headerBytes) return { kind: 'torn', detail: `${rest} bytes of a header` };
  if (bytes.readUInt32BE(at) !== ENTRY_MAGIC) return { kind: 'damaged', detail: 'no magic number' };
  const sizeBytes = bytes.readUInt32BE(at + 8);
  if (sizeBytes % ENTRY.alignmentBytes !== 0 || sizeBytes <= ENTRY.headerBytes) {
    return { kind: 'damaged', detail: `a length of ${sizeBytes} bytes` };
  }
  if (sizeBytes > rest) return { kind: 'torn', detail: `${sizeBytes} bytes announced, ${rest} there` };
  const setCount = bytes.readUInt16BE(at + 6);
  const stated = bytes.readUInt32BE(at + CRC_AT);
  const found = headerCrc(bytes, at, setCount, at + sizeBytes);
  if (found !== stated) return { kind: 'damaged', detail: `header crc ${found} instead of ${stated}` };
  const version = bytes.readUInt8(at + 4);
  if (version !== VERSION) return { kind: 'newer', version };
  const own = readU64(bytes, at + 16);
  const fault = setsFault(bytes, at, setCount, at + sizeBytes);
  if (fault !== undefined) return { kind: 'damaged', detail: fault };
  if (own !== position) return { kind: 'foreign', position: own };
  return { kind: 'entry', entry: readEntryHeader(bytes, at) };
}

/** Reads the header at `at`; the entry must have passed `checkEntry`, or its bytes be known to be good. */
function readEntryHeader(bytes: Buffer, at: number): EntryHeader {
  return {
    setCount: bytes.readUInt16BE(at + 6),
    sizeBytes: bytes.readUInt32BE(at + 8),
    epoch: bytes.readUInt32BE(at + 12),
    position: readU64(bytes, at + 16),
    syncedTo: readU64(bytes, at + 24),
    storedAtMs: readU64(bytes, at + 32),
  };
}

/** Chained over the header and the sealed part of each set that lies before `end`; sets that do not are left out, and the check of the sets finds them. */
function headerCrc(bytes: Buffer, at: number, setCount: number, end: number): number {
  let crc = crcOf(bytes, at, at + CRC_AT);
  let setAt = at + ENTRY.headerBytes;
  for (let i = 0; i < setCount && setAt + SEALED_SET_BYTES <= end; i++) {
    crc = crcOf(bytes, setAt, setAt + SEALED_SET_BYTES, crc);
    setAt += setBytes(bytes, setAt);
  }
  return crc;
}

function setsFault(bytes: Buffer, at: number, setCount: number, end: number): string | undefined {
  if (setCount === 0) return 'an entry without sets';
  let setAt = at + ENTRY.headerBytes;
  for (let i = 0; i < setCount; i++) {
    const check = checkSetBytes(bytes, setAt);
    if (check.kind === 'problem') return `set ${i}: ${check.detail}`;
    if (!isBrokerPartIntact(bytes, setAt)) return `set ${i}: a damaged broker part`;
    setAt += check.sizeBytes;
    if (setAt > end) return `set ${i} leaves the entry`;
  }
  if (end - setAt >= ENTRY.alignmentBytes || !isZero(bytes, setAt, end)) return 'something after the last set';
  return undefined;
}

function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}
