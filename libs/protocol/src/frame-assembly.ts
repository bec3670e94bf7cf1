const NOTHING = Buffer.alloc(0);
/** First size of the buffer; it doubles as bytes really come. */
const ROOM_BYTES_MIN = 1024;
/** A frame of which so much has come gets room for all of it at once, up to the limit below: most do end, and growing copies. */
const TRUSTED_BYTES = 32 * 1024;
const TRUSTED_ROOM_BYTES = 1024 * 1024;

/** The bytes so far of a frame that arrives in parts. Its buffer grows with what came, not with what was announced: at most to 1 MiB for 32 KiB that came, else to twice as much. */
export class FrameAssembly {
  bytes: Buffer = NOTHING;
  filledBytes = 0;

  get filled(): Buffer {
    return this.bytes.subarray(0, this.filledBytes);
  }

  /** Adds `count` bytes of `source` from `at`. The whole will be `neededBytes`, as far as is known. */
  add(source: Buffer, at: number, count: number, neededBytes: number): void {
    const filledBytes = this.filledBytes + count;
    if (filledBytes > this.bytes.length) {
      const trustedBytes = filledBytes >= TRUSTED_BYTES ? TRUSTED_ROOM_BYTES : ROOM_BYTES_MIN;
      const roomyBytes = Math.max(2 * filledBytes, trustedBytes);
      const grown = Buffer.allocUnsafeSlow(Math.min(roomyBytes, neededBytes));
      this.bytes.copy(grown, 0, 0, this.filledBytes);
      this.bytes = grown;
    }
    source.copy(this.bytes, this.filledBytes, at, at + count);
    this.filledBytes = filledBytes;
  }

  /** Gives the buffer away and begins anew. */
  release(): Buffer {
    const { bytes } = this;
    this.bytes = NOTHING;
    this.filledBytes = 0;
    return bytes;
  }
}
