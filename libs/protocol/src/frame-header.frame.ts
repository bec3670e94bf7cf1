/**
 * The ten bytes in front of every frame.
 *
 *   byte 0         4      5       6       10
 *        +---------+------+-------+-------+- - - -
 *        | length  | type | flags | id    | body
 *        | u32     | u8   | u8    | u32   | length bytes
 *        +---------+------+-------+-------+- - - -
 *
 *   flags   7   6           5          4                     3            2..0
 *           0   HAS_METADATA HAS_TRACE DEFINES_ROUTE | EMPTY COMPRESSED   codec
 *
 * All numbers are big-endian. `length` counts the bytes after the header. `id` ties the frames of one call together: the
 * client chooses it, 1 to 2^32 - 1, never one that is still in use; frames about the connection itself carry 0.
 * docs/formats/frames.md.
 */
export const HEADER_BYTES = 10;

/** What a frame is. The number is its byte on the wire. */
export const FrameType = Object.freeze({
  hello: 1,
  request: 2,
  response: 3,
  error: 4,
  oneway: 5,
  cancel: 6,
  streamData: 7,
  streamEnd: 8,
  window: 9,
  ping: 10,
  pong: 11,
  goaway: 12,
} as const);

/** The highest type byte of this version. */
export const FRAME_TYPE_MAX = 12;

/** Bits of the flags byte. `empty` is for RESPONSE, `definesRoute` for REQUEST and ONEWAY; they share a bit. */
export const FrameFlag = Object.freeze({
  codecMask: 0x07,
  compressed: 0x08,
  empty: 0x10,
  definesRoute: 0x10,
  hasTrace: 0x20,
  hasMetadata: 0x40,
} as const);

/** Writes the header for `bodyBytes` bytes of body; returns where the body starts. `typeAndFlags` = type << 8 | flags. */
export function writeHeader(target: Buffer, at: number, bodyBytes: number, typeAndFlags: number, id: number): number {
  target.writeUInt32BE(bodyBytes, at);
  target.writeUInt16BE(typeAndFlags, at + 4);
  target.writeUInt32BE(id, at + 6);
  return at + HEADER_BYTES;
}
