import type { ReceivedMessage } from '../received-message.js';
import type { Delivery } from './consumer.js';

/** What ends the life of a leased message here. */
export interface LeaseDesk {
  /** Acknowledges (undefined) or gives back after `delayMs`. Called once per message. */
  settle(leased: LeasedMessage, delayMs: number | undefined): void;
  /** Gives back what was never tried: it comes again at once, with the same attempt. Called instead of `settle`. */
  release(leased: LeasedMessage): void;
  /** The backoff of this message's attempt, in ms. */
  retryDelayMs(leased: LeasedMessage): number;
  /** Asks the broker now. */
  extend(leased: LeasedMessage, leaseMs: number): Promise<boolean>;
}

/** One message in our hands: received, and neither settled nor lost. It is also what its handler gets to settle with. */
export class LeasedMessage implements Delivery {
  /** `lost`: the lease ended; somebody else has the message or will have it. */
  state: 'held' | 'settled' | 'lost' = 'held';
  private controller: AbortController | undefined;

  /** `leaseEndMs`, `takenMs`: by the monotonic clock. */
  constructor(
    readonly message: ReceivedMessage,
    readonly receipt: string,
    public leaseEndMs: number,
    readonly takenMs: number,
    private readonly desk: LeaseDesk,
  ) {}

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.state === 'lost') this.controller.abort();
    }
    return this.controller.signal;
  }

  /** What it takes of the prefetch bound. */
  get sizeBytes(): number {
    return this.message.body.length;
  }

  ack(): boolean {
    return this.settle(undefined);
  }

  retry(delayMs?: number): boolean {
    return this.settle(delayMs ?? this.desk.retryDelayMs(this));
  }

  /** For the consumer that stops, never for handlers. */
  release(): void {
    if (this.state === 'settled') return;
    this.state = 'settled';
    this.desk.release(this);
  }

  extendLease(leaseMs: number): Promise<boolean> {
    return this.state === 'held' ? this.desk.extend(this, leaseMs) : Promise.resolve(false);
  }

  /** The lease is over. The handler is told; settling is still tried, because the broker decides. */
  lose(reason: string): void {
    if (this.state !== 'held') return;
    this.state = 'lost';
    this.abort(reason);
  }

  abort(reason: string): void {
    this.controller?.abort(new Error(reason));
  }

  private settle(delayMs: number | undefined): boolean {
    if (this.state === 'settled') return false;
    this.state = 'settled';
    this.desk.settle(this, delayMs);
    return true;
  }
}
