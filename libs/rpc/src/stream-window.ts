/** One answer frame that waits for credit. */
export interface WaitingFrame {
  readonly typeAndFlags: number;
  readonly body: Uint8Array;
  /** False for frames that need no credit: the end of the stream. */
  readonly usesCredit: boolean;
}

/** What a waiting frame costs besides its bytes. */
const FRAME_OVERHEAD_BYTES = 64;

/**
 * Credit of one stream of answers, and what waits for it, in order. The source is not held back (an Observable cannot be), so what
 * waits is bounded: beyond that the stream fails.
 */
export class StreamWindow {
  private readonly waiting: WaitingFrame[] = [];
  private waitingBytes = 0;

  constructor(
    private countLeft: number,
    private bytesLeft: number,
    private readonly waitingBytesMax: number,
  ) {}

  /** True if nothing waits: the stream is as far as its source. */
  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Adds a frame at the end; false = no room, the frame is not taken. */
  add(frame: WaitingFrame): boolean {
    const bytes = frame.body.length + FRAME_OVERHEAD_BYTES;
    if (frame.usesCredit && this.waitingBytes + bytes > this.waitingBytesMax && !this.mayPass(frame)) return false;
    this.waiting.push(frame);
    this.waitingBytes += bytes;
    return true;
  }

  grant(countDelta: number, bytesDelta: number): void {
    this.countLeft += countDelta;
    this.bytesLeft += bytesDelta;
  }

  /** The frame that may be sent now, if any; it uses its credit. */
  next(): WaitingFrame | undefined {
    const frame = this.waiting[0];
    if (frame === undefined || !this.mayPass(frame)) return undefined;
    this.waiting.shift();
    this.waitingBytes -= frame.body.length + FRAME_OVERHEAD_BYTES;
    if (frame.usesCredit) {
      this.countLeft--;
      this.bytesLeft -= frame.body.length;
    }
    return frame;
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting.length = 0;
    this.waitingBytes = 0;
  }

  private mayPass(frame: WaitingFrame): boolean {
    return !frame.usesCredit || (this.countLeft > 0 && this.bytesLeft > 0);
  }
}
