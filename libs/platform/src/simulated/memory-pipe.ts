import type { Clock } from '../clock.js';
import type { Random } from '../random.js';
import { SendBuffer } from './send-buffer.js';

/** `write` returns false from here on. */
const HIGH_WATER_MARK_BYTES = 64 * 1024;

/** Bytes on the way and unread, both systems' buffers together; the sender keeps the rest. */
const WINDOW_BYTES = 128 * 1024;

/** The link that a pipe runs over. */
export interface PipeLink {
  /** Draws the time that the next piece takes. */
  latencyMs(): number;
  /** Nothing arrives while this is true; nothing is lost either, for TCP sends again. */
  readonly frozen: boolean;
}

/** Who writes into a pipe. */
export interface PipeSender {
  /** The buffer is empty after a `write` that returned false. */
  drained(): void;
  endSent(): void;
}

/** Who receives from a pipe. */
export interface PipeReceiver {
  arrived(chunk: Buffer): void;
  /** The sender's end, after all its bytes. */
  ended(): void;
  /** The sender's system says that the stream is broken. */
  wasReset(): void;
}

type Item = { readonly kind: 'bytes'; readonly chunk: Buffer } | { readonly kind: 'end' | 'reset' };

/** One direction of a connection: a bounded, ordered stream that is cut into pieces at random places. */
export class MemoryPipe {
  private readonly buffer = new SendBuffer();
  private onTheWay: Item[] = [];
  private windowBytes = WINDOW_BYTES;
  private needsDrain = false;
  /** `ending`: the end follows what is buffered. `over`: the end or a reset is on its way, nothing may follow but a reset. `cut`: nothing arrives. */
  private phase: 'open' | 'ending' | 'over' | 'cut' = 'open';

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly link: PipeLink,
    private readonly sender: PipeSender,
    private readonly receiver: PipeReceiver,
  ) {}

  get bufferedBytes(): number {
    return this.buffer.sizeBytes;
  }

  write(chunks: readonly Uint8Array[]): boolean {
    for (const chunk of chunks) this.buffer.add(chunk);
    const belowMark = this.bufferedBytes < HIGH_WATER_MARK_BYTES;
    if (!belowMark) this.needsDrain = true;
    // The system takes bytes after the call, as Node's writes do, so that both sides see one order of events.
    this.clock.afterIo(() => this.send());
    return belowMark;
  }

  /** Ends the stream behind what is buffered. */
  end(): void {
    if (this.phase !== 'open') return;
    this.phase = 'ending';
    this.clock.afterIo(() => this.send());
  }

  /** Throws away what is buffered; what is on the way still arrives, and then the end or the reset. */
  abandon(kind: 'end' | 'reset'): void {
    this.buffer.clear();
    if (this.phase === 'cut' || (this.phase === 'over' && kind === 'end')) return;
    this.phase = 'over';
    this.depart({ kind });
  }

  /** Nothing more arrives, whatever was on the way. */
  cut(): void {
    this.buffer.clear();
    this.phase = 'cut';
    this.onTheWay = [];
  }

  /** The receiver has taken `sizeBytes` out of its system's buffer. */
  consumed(sizeBytes: number): void {
    this.windowBytes += sizeBytes;
    if (this.bufferedBytes > 0) this.clock.afterIo(() => this.send());
  }

  private deliverOne(): void {
    if (this.link.frozen) return;
    const item = this.onTheWay.shift();
    if (item === undefined) return;
    if (item.kind === 'bytes') this.receiver.arrived(item.chunk);
    else if (item.kind === 'end') this.receiver.ended();
    else this.receiver.wasReset();
  }

  /** After a thaw everything that came due meanwhile is sent again. */
  thaw(): void {
    for (let count = this.onTheWay.length; count > 0; count--) this.schedule();
  }

  private send(): void {
    if (this.phase === 'over' || this.phase === 'cut') return;
    while (this.bufferedBytes > 0 && this.windowBytes > 0) {
      const sizeBytes = 1 + this.random.integer(Math.min(this.bufferedBytes, this.windowBytes, HIGH_WATER_MARK_BYTES));
      this.windowBytes -= sizeBytes;
      this.depart({ kind: 'bytes', chunk: this.buffer.take(sizeBytes) });
    }
    if (this.bufferedBytes > 0) return;
    if (this.needsDrain) {
      this.needsDrain = false;
      this.sender.drained();
    }
    // `drained` may have written more.
    if (this.phase !== 'ending' || this.bufferedBytes > 0) return;
    this.phase = 'over';
    this.depart({ kind: 'end' });
    this.sender.endSent();
  }

  private depart(item: Item): void {
    this.onTheWay.push(item);
    this.schedule();
  }

  /** Every piece on the way has one delivery scheduled, and a delivery takes the oldest piece, so differing latencies cannot change the order. */
  private schedule(): void {
    const latencyMs = this.link.latencyMs();
    if (latencyMs > 0) this.clock.schedule(latencyMs, () => this.deliverOne());
    else this.clock.afterIo(() => this.deliverOne());
  }
}
