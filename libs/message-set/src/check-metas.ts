import { BODY_ENCODINGS, MESSAGE_TYPES } from './message.js';
import { META, META_FIXED_BYTES } from './message-meta.format.js';
import { readU64 } from './u64.js';

/** Stands for a field that leaves its meta. */
const OUTSIDE = -1;

/**
 * Checks `count` metas in `bytes[at, end)`: they fill it exactly, every field is inside its meta, numbers are in range, offsets rise one by one,
 * and the bodies follow each other without gap or overlap up to `rawBytes`. Returns what is wrong with the first bad one.
 */
export function checkMetas(
  bytes: Buffer,
  at: number,
  end: number,
  count: number,
  rawBytes: number,
): string | undefined {
  let metaAt = at;
  let bodyStart = 0;
  for (let index = 0; index < count; index++) {
    if (end - metaAt < META_FIXED_BYTES) return `message ${index}: no room for its meta`;
    const length = bytes.readUInt32BE(metaAt);
    if (length < META_FIXED_BYTES || length > end - metaAt) return `message ${index}: a meta of ${length} bytes`;
    if (bytes.readUInt32BE(metaAt + META.offsetDeltaAt) !== index) return `message ${index}: a wrong offset delta`;
    if (bytes.readUInt32BE(metaAt + META.bodyStartAt) !== bodyStart) return `message ${index}: a gap before its body`;
    bodyStart += bytes.readUInt32BE(metaAt + META.bodyLengthAt);
    if (bodyStart > rawBytes) return `message ${index}: a body beyond the bodies block`;
    const fault = metaFault(bytes, metaAt, metaAt + length);
    if (fault !== undefined) return `message ${index}: ${fault}`;
    metaAt += length;
  }
  if (metaAt !== end) return `${end - metaAt} bytes after the last meta`;
  return bodyStart === rawBytes ? undefined : `${rawBytes - bodyStart} bytes after the last body`;
}

function metaFault(bytes: Buffer, at: number, end: number): string | undefined {
  const type = bytes.readUInt8(at + META.typeAt);
  if (type >= MESSAGE_TYPES.length) return `type ${type}`;
  const encoding = bytes.readUInt8(at + META.encodingAt);
  if (encoding >= BODY_ENCODINGS.length) return `body encoding ${encoding}`;
  if (!Number.isSafeInteger(readU64(bytes, at + META.bornAt))) return 'a born time above 2^53 - 1';
  const present = bytes.readUInt16BE(at + META.presentAt);
  if ((present & ~META.knownBits) !== 0) return `presence bits ${present}`;
  return endOfFields(bytes, at + META_FIXED_BYTES, end, present) === end
    ? undefined
    : 'fields that do not fill their meta';
}

/** The position after the optional fields, or `OUTSIDE`. Every step below takes `OUTSIDE` through. */
function endOfFields(bytes: Buffer, at: number, end: number, present: number): number {
  let next = at;
  if (present & META.tag) next = next < end ? within(next + 1 + bytes.readUInt8(next), end) : OUTSIDE;
  if (present & META.keys) next = afterTexts(bytes, next, end, 1);
  if (present & META.orderingKey) next = afterText(bytes, next, end);
  if (present & META.properties) next = afterTexts(bytes, next, end, 2);
  if (present & META.bornHost) next = afterText(bytes, next, end);
  if (present & META.deliverAt) next = afterMs(bytes, next, end);
  if (present & META.expiresAt) next = afterMs(bytes, next, end);
  if (present & META.transactionId) next = afterText(bytes, next, end);
  if (present & META.traceparent) next = afterText(bytes, next, end);
  if (present & META.extensions) next = afterExtensions(bytes, next, end);
  return next;
}

function within(next: number, end: number): number {
  return next <= end ? next : OUTSIDE;
}

function afterText(bytes: Buffer, at: number, end: number): number {
  if (at < 0 || at + 2 > end) return OUTSIDE;
  return within(at + 2 + bytes.readUInt16BE(at), end);
}

function afterTexts(bytes: Buffer, at: number, end: number, textsPerItem: number): number {
  if (at < 0 || at + 2 > end) return OUTSIDE;
  const count = bytes.readUInt16BE(at) * textsPerItem;
  let next = at + 2;
  for (let i = 0; i < count && next >= 0; i++) next = afterText(bytes, next, end);
  return next;
}

function afterMs(bytes: Buffer, at: number, end: number): number {
  if (at < 0 || at + 8 > end || !Number.isSafeInteger(readU64(bytes, at))) return OUTSIDE;
  return at + 8;
}

function afterExtensions(bytes: Buffer, at: number, end: number): number {
  if (at < 0 || at + 2 > end) return OUTSIDE;
  const count = bytes.readUInt16BE(at);
  let next = at + 2;
  for (let i = 0; i < count && next >= 0; i++) {
    if (next + 6 > end || bytes.readUInt16BE(next) === 0) return OUTSIDE;
    next = within(next + 6 + bytes.readUInt32BE(next + 2), end);
  }
  return next;
}
