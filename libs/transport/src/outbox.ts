const SLAB_BYTES_MIN = 4 * 1024;
const SLAB_BYTES_MAX = 64 * 1024;
/** Larger bodies are sent as their own chunk, without a copy. */
const COPY_BYTES_MAX = 16 * 1024;

/**
 * Gathers outgoing frames. Small ones are written one behind the other into a slab, so that a hundred of them are one chunk; large
 * bodies are passed on as they are. Bytes handed out are never written again.
 *
 *   const at = outbox.reserve(bytes);      // room in `slab` from `at`
 *   outbox.commit(writeX(outbox.slab, at, ...));
 *   outbox.append(body);
 */
export class Outbox {
  slab: Buffer = Buffer.alloc(0);
  /** Bytes gathered and not yet taken. */
  pendingBytes = 0;
  private taken = 0;
  private end = 0;
  private readonly chunks: Uint8Array[] = [];

  /** Makes room for `bytes` in one piece and returns where it starts in `slab`. Nothing is sent before `commit`. */
  reserve(bytes: number): number {
    if (this.end + bytes > this.slab.length) this.replaceSlab(bytes);
    return this.end;
  }

  /** Everything up to `end` in the slab is to be sent. */
  commit(end: number): void {
    this.pendingBytes += end - this.end;
    this.end = end;
  }

  /** Adds bytes behind what is there: a copy if they are few, else themselves; then they must not change any more. */
  append(bytes: Uint8Array): void {
    if (bytes.length <= COPY_BYTES_MAX) {
      const at = this.reserve(bytes.length);
      this.slab.set(bytes, at);
      this.commit(at + bytes.length);
      return;
    }
    this.closeChunk();
    this.chunks.push(bytes);
    this.pendingBytes += bytes.length;
  }

  /** True if `append` would keep `bytes` itself. */
  keeps(bytes: Uint8Array): boolean {
    return bytes.length > COPY_BYTES_MAX;
  }

  /** Hands over everything gathered, in order. */
  take(): readonly Uint8Array[] {
    this.closeChunk();
    this.pendingBytes = 0;
    return this.chunks.splice(0);
  }

  private closeChunk(): void {
    if (this.end > this.taken) this.chunks.push(this.slab.subarray(this.taken, this.end));
    this.taken = this.end;
  }

  private replaceSlab(bytes: number): void {
    this.closeChunk();
    const wantedBytes = Math.min(Math.max(2 * this.slab.length, SLAB_BYTES_MIN), SLAB_BYTES_MAX);
    this.slab = Buffer.allocUnsafeSlow(Math.max(wantedBytes, bytes));
    this.taken = 0;
    this.end = 0;
  }
}
