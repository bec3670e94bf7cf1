/** Bytes written to a socket and not yet taken by its system, in order. */
export class SendBuffer {
  private chunks: Uint8Array[] = [];
  sizeBytes = 0;

  /** Keeps `chunk` itself, no copy. */
  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.sizeBytes += chunk.length;
  }

  /** Takes the first `sizeBytes` out, as a copy; there must be that many. */
  take(sizeBytes: number): Buffer {
    const taken = Buffer.allocUnsafeSlow(sizeBytes);
    let at = 0;
    let usedCount = 0;
    for (const chunk of this.chunks) {
      const part = chunk.subarray(0, sizeBytes - at);
      taken.set(part, at);
      at += part.length;
      if (part.length < chunk.length) {
        this.chunks[usedCount] = chunk.subarray(part.length);
        break;
      }
      usedCount++;
    }
    this.chunks.splice(0, usedCount);
    this.sizeBytes -= sizeBytes;
    return taken;
  }

  clear(): void {
    this.chunks = [];
    this.sizeBytes = 0;
  }
}
