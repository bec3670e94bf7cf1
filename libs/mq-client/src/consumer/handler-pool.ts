import type { Logger } from '#platform';
import type { MessageHandler } from './consumer.js';
import type { ConsumerTally } from './consumer-tally.js';
import type { LeasedMessage } from './leased-message.js';
import { DeadLetter, RetryLater, Skip } from './verdicts.js';

/** How the pool runs and what it reports. */
export interface PoolParts {
  readonly handler: MessageHandler;
  readonly concurrency: number;
  /** The pause of a dead letter until there is a topic for them, in ms. */
  readonly retryMsMax: number;
  readonly tally: ConsumerTally;
  readonly logger: Logger;
  readonly monotonicMs: () => number;
  /** A message left the buffer: it starts, or was dropped. */
  readonly left: (leased: LeasedMessage) => void;
  /** A message is out of our hands. */
  readonly ended: (leased: LeasedMessage) => void;
}

/** Starts handlers in the order of arrival, at most `concurrency` at a time, and turns what becomes of them into a settlement. */
export class HandlerPool {
  private buffer: LeasedMessage[] = [];
  private head = 0;
  private readonly active = new Set<LeasedMessage>();
  private isHeld = false;
  private isPumping = false;
  private idle: (() => void)[] = [];

  constructor(private readonly parts: PoolParts) {}

  push(leased: readonly LeasedMessage[]): void {
    for (const each of leased) this.buffer.push(each);
    this.pump();
  }

  /** True = start nothing. */
  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    if (!isHeld) this.pump();
  }

  /** Takes out what did not start. */
  takeBuffered(): LeasedMessage[] {
    const left = this.buffer.slice(this.head);
    this.buffer = [];
    this.head = 0;
    this.parts.tally.bufferedCount = 0;
    return left;
  }

  running(): Iterable<LeasedMessage> {
    return this.active;
  }

  /** Resolves when no handler runs. */
  whenIdle(): Promise<void> {
    if (this.active.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private pump(): void {
    if (this.isPumping) return; // A handler that ends at once must not start the next one from inside itself.
    this.isPumping = true;
    while (!this.isHeld && this.active.size < this.parts.concurrency) {
      const next = this.buffer[this.head];
      if (next === undefined) break;
      this.head += 1;
      this.parts.left(next);
      this.start(next);
    }
    if (this.head > 1024 && this.head * 2 > this.buffer.length) {
      this.buffer = this.buffer.slice(this.head);
      this.head = 0;
    }
    this.parts.tally.bufferedCount = this.buffer.length - this.head;
    this.isPumping = false;
  }

  private start(leased: LeasedMessage): void {
    // The lease ended while the message waited (the process was stopped, the broker did not answer): somebody else has it.
    if (leased.state === 'lost' || leased.leaseEndMs <= this.parts.monotonicMs()) {
      leased.lose('the lease ended before the handler started');
      this.parts.tally.lostCount += 1;
      this.parts.ended(leased);
      return;
    }
    this.active.add(leased);
    this.parts.tally.runningCount = this.active.size;
    let result: unknown;
    let isLater: boolean;
    try {
      result = this.parts.handler(leased.message, leased);
      isLater = isThenable(result);
    } catch (error) {
      this.failed(leased, error);
      return;
    }
    if (!isLater) {
      this.succeeded(leased);
      return;
    }
    // A promise stays itself; what only looks like one may throw, or answer twice.
    Promise.resolve(result).then(
      () => this.succeeded(leased),
      (error: unknown) => this.failed(leased, error),
    );
  }

  private succeeded(leased: LeasedMessage): void {
    if (leased.state !== 'settled') leased.ack();
    this.ended(leased);
  }

  private failed(leased: LeasedMessage, error: unknown): void {
    const wasSettled = leased.state === 'settled';
    if (error instanceof Skip) leased.ack();
    else if (error instanceof RetryLater) leased.retry(error.delayMs);
    else this.broken(leased, error);
    if (wasSettled) this.log('a handler failed after its message was settled', leased, error);
    this.ended(leased);
  }

  private broken(leased: LeasedMessage, error: unknown): void {
    this.parts.tally.failedCount += 1;
    if (error instanceof DeadLetter) {
      this.log('a message cannot be handled; without a dead-letter topic it comes again', leased, error);
      leased.retry(this.parts.retryMsMax);
      return;
    }
    if (leased.retry()) this.log('a handler failed, the message is delivered again', leased, error);
  }

  private ended(leased: LeasedMessage): void {
    this.active.delete(leased);
    this.parts.tally.runningCount = this.active.size;
    this.parts.ended(leased);
    this.pump();
    if (this.active.size > 0) return;
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }

  private log(text: string, leased: LeasedMessage, error: unknown): void {
    const { topic, messageId, queueId, offset, deliveryAttempt } = leased.message;
    const reason = error instanceof Error ? error.message : String(error);
    const fields = { topic, messageId, queueId, offset, deliveryAttempt, reason };
    if (error instanceof DeadLetter) this.parts.logger.error(text, fields);
    else this.parts.logger.warn(text, fields);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
