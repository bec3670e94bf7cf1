/** Bytes of one block: the unit in which a disk gives out space. */
export const BLOCK_BYTES = 4096;

const ZEROS: Uint8Array = new Uint8Array(BLOCK_BYTES);

/**
 * The bytes of a file in blocks of 4 KiB. What was never written reads as zeros and takes no space, so large preallocated files are cheap.
 * A block that is written with zeros takes space on the simulated disk but shares one real block.
 */
export class SparseBytes {
  private readonly blocks = new Map<number, Uint8Array>();
  sizeBytes = 0;

  get blockCount(): number {
    return this.blocks.size;
  }

  hasBlock(index: number): boolean {
    return this.blocks.has(index);
  }

  /** Copies into `target` from `position`; returns the bytes copied, fewer only at the end. */
  read(target: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.sizeBytes - position));
    for (let at = 0; at < count; ) {
      const inBlock = (position + at) % BLOCK_BYTES;
      const step = Math.min(BLOCK_BYTES - inBlock, count - at);
      const block = this.blocks.get(Math.floor((position + at) / BLOCK_BYTES)) ?? ZEROS;
      target.set(block.subarray(inBlock, inBlock + step), at);
      at += step;
    }
    return count;
  }

  write(bytes: Uint8Array, position: number): void {
    for (let at = 0; at < bytes.length; ) {
      const inBlock = (position + at) % BLOCK_BYTES;
      const step = Math.min(BLOCK_BYTES - inBlock, bytes.length - at);
      this.writeInBlock(Math.floor((position + at) / BLOCK_BYTES), inBlock, bytes.subarray(at, at + step));
      at += step;
    }
    if (bytes.length > 0) this.sizeBytes = Math.max(this.sizeBytes, position + bytes.length);
  }

  /** Cuts, or extends with a hole. */
  truncate(sizeBytes: number): void {
    if (sizeBytes < this.sizeBytes) {
      const keptBlockCount = Math.ceil(sizeBytes / BLOCK_BYTES);
      for (const index of this.blocks.keys()) if (index >= keptBlockCount) this.blocks.delete(index);
      const inBlock = sizeBytes % BLOCK_BYTES;
      if (inBlock > 0 && this.blocks.has(keptBlockCount - 1)) {
        this.writeInBlock(keptBlockCount - 1, inBlock, ZEROS.subarray(inBlock));
      }
    }
    this.sizeBytes = sizeBytes;
  }

  clone(): SparseBytes {
    const copy = new SparseBytes();
    for (const [index, block] of this.blocks) copy.blocks.set(index, block === ZEROS ? ZEROS : Uint8Array.from(block));
    copy.sizeBytes = this.sizeBytes;
    return copy;
  }

  toBuffer(): Buffer {
    const result = Buffer.alloc(this.sizeBytes);
    this.read(result, 0);
    return result;
  }

  private writeInBlock(index: number, at: number, bytes: Uint8Array): void {
    const block = this.blocks.get(index) ?? ZEROS;
    if (block !== ZEROS) {
      block.set(bytes, at);
      return;
    }
    const own = isZeros(bytes) ? ZEROS : new Uint8Array(BLOCK_BYTES);
    if (own !== ZEROS) own.set(bytes, at);
    this.blocks.set(index, own);
  }
}

function isZeros(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, ZEROS.subarray(0, bytes.length)) === 0;
}
