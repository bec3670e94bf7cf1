import { crc32 } from 'node:zlib';

/** Below this many bytes a table beats the call into native code and the subarray that it needs. */
const TABLE_BYTES_MAX = 96;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 (ISO-HDLC, that of gzip) of `bytes[from, to)`, chained on `previous`. u32. */
export function crcOf(bytes: Buffer, from: number, to: number, previous = 0): number {
  if (to - from > TABLE_BYTES_MAX) return crc32(bytes.subarray(from, to), previous);
  let value = ~previous;
  for (let at = from; at < to; at++) {
    // Both indexes are inside their arrays: `at` by the caller's bounds, the other is one byte.
    value = (TABLE[(value ^ (bytes[at] as number)) & 0xff] as number) ^ (value >>> 8);
  }
  return ~value >>> 0;
}
