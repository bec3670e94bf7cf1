import { randomFillSync } from 'node:crypto';
import { invariant } from '../invariant.js';
import type { Random } from '../random.js';

const POOL_BYTES = 4096;
const TWO_POW_53 = 2 ** 53;

/** The operating system's generator. Small draws come from a pool of 4 KiB, so that a draw is not a system call; used bytes are wiped. */
export class NodeRandom implements Random {
  private readonly pool = Buffer.alloc(POOL_BYTES);
  private used = POOL_BYTES;

  next(): number {
    return this.draw53() / TWO_POW_53;
  }

  integer(endExclusive: number): number {
    invariant(Number.isSafeInteger(endExclusive) && endExclusive >= 1, 'the end of a random range is in [1, 2^53 - 1]');
    // Draws at or past the last whole multiple would make small results more likely, so they are drawn again.
    const limit = TWO_POW_53 - (TWO_POW_53 % endExclusive);
    let drawn = this.draw53();
    while (drawn >= limit) drawn = this.draw53();
    return drawn % endExclusive;
  }

  bytes(sizeBytes: number): Buffer {
    const result = Buffer.allocUnsafeSlow(sizeBytes);
    if (sizeBytes > POOL_BYTES / 16) return randomFillSync(result);
    const at = this.take(sizeBytes);
    this.pool.copy(result, 0, at, at + sizeBytes);
    this.pool.fill(0, at, at + sizeBytes);
    return result;
  }

  private draw53(): number {
    const at = this.take(7);
    const high = this.pool.readUIntBE(at, 3) & 0x1fffff;
    const low = this.pool.readUInt32BE(at + 3);
    this.pool.fill(0, at, at + 7);
    return high * 2 ** 32 + low;
  }

  private take(sizeBytes: number): number {
    if (this.used + sizeBytes > POOL_BYTES) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const at = this.used;
    this.used += sizeBytes;
    return at;
  }
}
