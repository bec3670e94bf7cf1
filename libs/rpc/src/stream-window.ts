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
  private waiting: WaitingFrame[] = [];
  /** Those before this index are sent; they are cut off in large pieces, for taking one from the front moves all others. */
  private sentCount = 0;
  private waitingBytes = 0;

  constructor(
    private countLeft: number,
    private bytesLeft: number,
    private readonly waitingBytesMax: number,
  ) {}

  /** True if nothing waits: the stream is as far as its source. */
  get isEmpty(): boolean {
    return this.sentCount === this.waiting.length;
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
    const frame = this.waiting[this.sentCount];
    if (frame === undefined || !this.mayPass(frame)) return undefined;
    this.sentCount++;
    if (this.sentCount * 2 > this.waiting.length) this.cutSent();
    this.waitingBytes -= frame.body.length + FRAME_OVERHEAD_BYTES;
    if (frame.usesCredit) {
      this.countLeft--;
      this.bytesLeft -= frame.body.length;
    }
    return frame;
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting = [];
    this.sentCount = 0;
    this.waitingBytes = 0;
  }

  private cutSent(): void {
    this.waiting = this.waiting.slice(this.sentCount);
    this.sentCount = 0;
  }

  private mayPass(frame: WaitingFrame): boolean {
    return !frame.usesCredit || (this.countLeft > 0 && this.bytesLeft > 0);
  }
}
