import { FrameType, HEADER_BYTES, writeHeader } from './frame-header.frame.js';
import { ProtocolError } from './protocol-error.js';

/**
 * ERROR (4): how a call failed; with id 0, why the connection is refused or closed.
 *
 *   byte 0      1      2
 *        +------+------+- - - - - - - -+- - - - - - - -+- - - - - - - - +- - - - - - -
 *        | code | bits | retry after   | remote name   | message        | details
 *        | u8   | u8   | ms u32, if    | length u8,    | length u16,    | the rest, in
 *        |      |      | bit 3         | UTF-8         | UTF-8          | the frame's codec
 *        +------+------+- - - - - - - -+- - - - - - - -+- - - - - - - - +- - - - - - -
 *
 *   bits  1..0  was the handler entered?  0 unknown, 1 no, 2 yes
 *         2     retryable
 *         3     retry after is present
 *         4     details *are* the error, as the handler's side made it
 *         5     details are present
 */
export interface ErrorFields {
  /** Index in gRPC's list of codes, 0 to 16. */
  readonly code: number;
  readonly executed: boolean | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly isValue: boolean;
  readonly remoteName: string;
  readonly message: string;
  /** Encoded details, or undefined if there are none. */
  readonly details: Uint8Array | undefined;
}

const RETRYABLE = 0x04;
const HAS_RETRY_AFTER = 0x08;
const IS_VALUE = 0x10;
const HAS_DETAILS = 0x20;
const NAME_BYTES_MAX = 0xff;
const MESSAGE_BYTES_MAX = 8 * 1024;

/** The whole frame. Names over 255 bytes and messages over 8 KiB are cut. `codecId` is that of the details. */
export function encodeErrorFrame(id: number, fields: ErrorFields, codecId: number): Buffer {
  const name = cutUtf8(Buffer.from(fields.remoteName), NAME_BYTES_MAX);
  const message = cutUtf8(Buffer.from(fields.message), MESSAGE_BYTES_MAX);
  const detailsBytes = fields.details === undefined ? 0 : fields.details.length;
  const retryBytes = fields.retryAfterMs === undefined ? 0 : 4;
  const bodyBytes = 2 + retryBytes + 1 + name.length + 2 + message.length + detailsBytes;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bodyBytes);
  let at = writeHeader(frame, 0, bodyBytes, (FrameType.error << 8) | codecId, id);
  frame[at] = fields.code;
  frame[at + 1] = bitsOf(fields);
  at += 2;
  if (fields.retryAfterMs !== undefined) {
    at = frame.writeUInt32BE(Math.min(Math.max(0, Math.ceil(fields.retryAfterMs)), 0xffffffff), at);
  }
  frame[at] = name.length;
  frame.set(name, at + 1);
  at = frame.writeUInt16BE(message.length, at + 1 + name.length);
  frame.set(message, at);
  if (fields.details !== undefined) frame.set(fields.details, at + message.length);
  return frame;
}

/** Reads the body that lies in `source` from `start` to `end`; `details` is a view. @throws {ProtocolError} 'malformed-frame' */
export function readError(source: Buffer, start: number, end: number): ErrorFields {
  const code = take(source, start, end);
  const bits = take(source, start + 1, end);
  let at = start + 2;
  let retryAfterMs: number | undefined;
  if ((bits & HAS_RETRY_AFTER) !== 0) {
    if (at + 4 > end) throw malformed();
    retryAfterMs = source.readUInt32BE(at);
    at += 4;
  }
  const nameEnd = at + 1 + take(source, at, end);
  if (nameEnd + 2 > end) throw malformed();
  const messageEnd = nameEnd + 2 + source.readUInt16BE(nameEnd);
  if (messageEnd > end) throw malformed();
  const executed = bits & 0x03;
  return {
    code,
    executed: executed === 0 ? undefined : executed === 2,
    retryable: (bits & RETRYABLE) !== 0,
    retryAfterMs,
    isValue: (bits & IS_VALUE) !== 0,
    remoteName: source.toString('utf8', at + 1, nameEnd),
    message: source.toString('utf8', nameEnd + 2, messageEnd),
    details: (bits & HAS_DETAILS) === 0 ? undefined : source.subarray(messageEnd, end),
  };
}

function bitsOf(fields: ErrorFields): number {
  let bits = fields.executed === undefined ? 0 : fields.executed ? 2 : 1;
  if (fields.retryable) bits |= RETRYABLE;
  if (fields.retryAfterMs !== undefined) bits |= HAS_RETRY_AFTER;
  if (fields.isValue) bits |= IS_VALUE;
  if (fields.details !== undefined) bits |= HAS_DETAILS;
  return bits;
}

function take(source: Buffer, at: number, end: number): number {
  if (at >= end) throw malformed();
  return source.readUInt8(at);
}

/** At most `bytesMax` bytes, never ending inside a character. */
function cutUtf8(text: Buffer, bytesMax: number): Buffer {
  if (text.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && (text.readUInt8(end) & 0xc0) === 0x80) end--;
  return text.subarray(0, end);
}

function malformed(): ProtocolError {
  return new ProtocolError('malformed-frame', 'an error frame ends before its message');
}
