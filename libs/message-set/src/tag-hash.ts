/** Bytes of a tag hash in a consume queue slot. */
export const TAG_HASH_BYTES = 8;

/**
 * Writes the 64-bit FNV-1a hash of `bytes[from, to)` at `target[at]`, big-endian. All zero means "no tag", so a hash of zero becomes one.
 *
 * The 64-bit product is built from 32-bit halves: the prime is 2^40 + 435, and 435 * 2^32 is exact in a double.
 * Source: FNV-1a, Fowler/Noll/Vo (public domain).
 */
export function writeTagHash(target: Buffer, at: number, bytes: Buffer, from: number, to: number): void {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let i = from; i < to; i++) {
    // Inside the buffer: the caller gives its bounds.
    low = (low ^ (bytes[i] as number)) >>> 0;
    const product = low * 435;
    high = (high * 435 + Math.floor(product / 4294967296) + ((low << 8) >>> 0)) % 4294967296;
    low = product % 4294967296;
  }
  if (high === 0 && low === 0) low = 1;
  target.writeUInt32BE(high, at);
  target.writeUInt32BE(low, at + 4);
}
