/** A run of the log in memory. `bytes[0]` is at `startPosition`; `usedBytes` of it are taken. */
interface Arena {
  readonly startPosition: number;
  readonly bytes: Buffer;
  usedBytes: number;
}

/** A place in memory for bytes that were given a position. */
export interface TailSlot {
  readonly bytes: Buffer;
  readonly at: number;
}

/**
 * The end of the log in memory, from which groups are written and fresh messages are read. Entries are copied in, once, in log order;
 * whoever got a part keeps its whole arena alive, which is why arenas are small.
 *
 * Invariant: what is not yet confirmed is always here; beyond that, at most `bytesMax` and one arena.
 */
export class TailCache {
  private readonly arenas: Arena[] = [];
  private heldBytes = 0;

  constructor(
    private readonly bytesMax: number,
    private readonly arenaBytes: number,
  ) {}

  /** Room for `sizeBytes` at `position`, which is not before the end of what was reserved earlier. */
  reserve(position: number, sizeBytes: number): TailSlot {
    let arena = this.arenas.at(-1);
    if (
      arena === undefined ||
      arena.startPosition + arena.usedBytes !== position ||
      arena.bytes.length - arena.usedBytes < sizeBytes
    ) {
      arena = {
        startPosition: position,
        bytes: Buffer.allocUnsafeSlow(Math.max(this.arenaBytes, sizeBytes)),
        usedBytes: 0,
      };
      this.arenas.push(arena);
      this.heldBytes += arena.bytes.length;
    }
    const at = arena.usedBytes;
    arena.usedBytes += sizeBytes;
    return { bytes: arena.bytes, at };
  }

  /** The bytes at `position`, if all of them are here. Never copies. */
  slice(position: number, sizeBytes: number): Buffer | undefined {
    const arena = this.arenas[this.indexOf(position)];
    if (arena === undefined) return undefined;
    const at = position - arena.startPosition;
    return at + sizeBytes <= arena.usedBytes ? arena.bytes.subarray(at, at + sizeBytes) : undefined;
  }

  /** The bytes of `[from, to)`, which were reserved without a gap and not dropped, in as many pieces as there are arenas. */
  chunks(from: number, to: number): Buffer[] {
    const chunks: Buffer[] = [];
    for (let index = this.indexOf(from); index < this.arenas.length; index++) {
      // Inside the list by the loop's bounds: `from` is held.
      const arena = this.arenas[index] as Arena;
      if (arena.startPosition >= to) break;
      const start = Math.max(from - arena.startPosition, 0);
      chunks.push(arena.bytes.subarray(start, Math.min(to - arena.startPosition, arena.usedBytes)));
    }
    return chunks;
  }

  /** Forgets the oldest arenas above the limit, none that reaches beyond `confirmedPosition`. */
  trim(confirmedPosition: number): void {
    let oldest = this.arenas[0];
    while (oldest !== undefined && this.heldBytes > this.bytesMax) {
      if (oldest.startPosition + oldest.usedBytes > confirmedPosition || this.arenas.length === 1) return;
      this.heldBytes -= oldest.bytes.length;
      this.arenas.shift();
      oldest = this.arenas[0];
    }
  }

  /** Index of the last arena that starts at or before `position`; -1 if none does. */
  private indexOf(position: number): number {
    let low = 0;
    let high = this.arenas.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // Inside the list by the search's bounds.
      if ((this.arenas[middle] as Arena).startPosition <= position) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
