import type { SetOutcome } from '#mq-protocol';
import type { Platform } from '#platform';
import type { BrokerOperations } from '../broker-operations.js';
import { MqError } from '../mq-error.js';
import type { ProducerCounts } from './producer.js';
import type { ProducerOptions } from './producer.options.js';
import { ReadySets } from './ready-sets.js';
import type { Lane, SetBatch } from './set-batch.js';

/** A set that the broker sends away with "unknown queue" more often than this is failed. */
const ATTEMPT_COUNT_MAX = 50;

/** What the pipe tells the producer. */
export interface PipeEvents {
  /** A set of this topic was stored. */
  placed(topic: string): void;
  /** The broker refused the queue of this set: choose again, then `move` or `fail`. */
  moved(batch: SetBatch): void;
}

/**
 * Carries sets to the broker: at most `requestsInFlightMax` requests at a time. A request leaves at the end of the tick in which a slot is
 * free, or at once when it is full; while all slots are busy the sets of the next request grow. No timer delays anything.
 */
export class SendPipe {
  private readonly ready = new ReadySets();
  private inFlightCount = 0;
  private isTickScheduled = false;
  private readonly totals = {
    placedCount: 0,
    failedCount: 0,
    unknownCount: 0,
    unseenFailureCount: 0,
    requestCount: 0,
    retriedSetCount: 0,
    pendingCount: 0,
    pendingBytes: 0,
  };
  private drained: (() => void)[] = [];

  constructor(
    private readonly options: ProducerOptions,
    private readonly operations: BrokerOperations,
    private readonly platform: Pick<Platform, 'clock' | 'random'>,
    private readonly events: PipeEvents,
  ) {}

  /** Counts messages in. @throws {MqError} 'backlog-full' when they would pass a bound; nothing is counted then. */
  reserve(count: number, bytes: number): void {
    const { pendingCount, pendingBytes } = this.totals;
    const { pendingCountMax, pendingBytesMax } = this.options;
    if (pendingCount + count > pendingCountMax || pendingBytes + bytes > pendingBytesMax) {
      const detail = `${pendingCount} messages (${Math.ceil(pendingBytes)} bytes) wait to be stored`;
      throw new MqError('backlog-full', detail, { retryable: true });
    }
    this.totals.pendingCount += count;
    this.totals.pendingBytes += bytes;
  }

  /** Counts messages out that failed before they were in a set. */
  release(count: number, bytes: number, error: MqError, unseenCount: number): void {
    this.settled(count, bytes);
    this.countFailure(error, count, unseenCount);
  }

  /** Puts a new set at the end of the line. */
  push(batch: SetBatch): void {
    this.ready.push(batch);
  }

  /** `bytes` were added to a waiting set: send at once if a request is full, else at the end of the tick. */
  added(batch: SetBatch, bytes: number): void {
    this.ready.sizeBytes += bytes;
    if (this.inFlightCount >= this.options.requestsInFlightMax) return;
    const isFull = this.ready.sizeBytes >= this.options.requestBytesMax && !batch.lane.isOrderedInFlight;
    if (isFull) this.dispatch();
    else this.dispatchAfterTick();
  }

  /**
   * Sends a set again whose queue the broker does not know. What waits behind it on its lane moves with it, as nobody would ever let it go there,
   * and its new lane waits for it, so that the order of a key is kept.
   */
  move(batch: SetBatch, laneOf: (batch: SetBatch) => Lane): void {
    const from = batch.lane;
    from.open = undefined;
    this.ready.move(from, laneOf);
    if (batch.isOrdered) from.isOrderedInFlight = false;
    batch.lane = laneOf(batch);
    if (batch.isOrdered) batch.lane.isOrderedInFlight = true;
    this.resend(batch);
  }

  /** Sends a refused set again, before the others, after a pause. */
  private resend(batch: SetBatch): void {
    const { retryMsMin, retryMsMax } = this.options;
    const wholeMs = Math.min(retryMsMax, retryMsMin * 2 ** Math.min(batch.attemptCount - 1, 20));
    const pauseMs = wholeMs * (0.5 + this.platform.random.next() / 2);
    this.totals.retriedSetCount += 1;
    this.platform.clock.schedule(pauseMs, () => {
      if (batch.isOrdered) batch.lane.isOrderedInFlight = false;
      this.ready.pushFirst(batch);
      this.dispatch();
    });
  }

  /** Ends a set without success. */
  fail(batch: SetBatch, error: MqError): void {
    this.settleBatch(batch);
    this.countFailure(error, batch.drafts.length, batch.failed(error));
    // Its lane may have kept others waiting, and perhaps nothing else is on the way that would let them go.
    this.dispatchAfterTick();
  }

  counts(): ProducerCounts {
    return { ...this.totals };
  }

  /** Resolves when nothing is pending. */
  drain(): Promise<void> {
    if (this.totals.pendingCount === 0) return Promise.resolve();
    return new Promise((resolve) => this.drained.push(resolve));
  }

  private dispatchAfterTick(): void {
    if (this.isTickScheduled) return;
    this.isTickScheduled = true;
    this.platform.clock.afterIo(() => {
      this.isTickScheduled = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    while (this.inFlightCount < this.options.requestsInFlightMax && !this.ready.isEmpty) {
      const batches = this.ready.take(this.options.requestBytesMax, this.options.sendTimeoutMs / 2);
      if (batches.length === 0) return;
      void this.request(batches);
    }
  }

  private async request(batches: readonly SetBatch[]): Promise<void> {
    const nowMs = this.platform.clock.monotonicMs();
    const live = batches.filter((batch) => this.encodable(batch, nowMs));
    const sets = live.flatMap((batch) => batch.encoded ?? []);
    if (sets.length === 0) {
      this.dispatchAfterTick();
      return;
    }
    this.inFlightCount += 1;
    this.totals.requestCount += 1;
    const youngestMs = live.reduce((latest, batch) => Math.max(latest, batch.deadlineMs), 0);
    const answer = await this.operations.send(sets, Math.max(1, youngestMs - nowMs)).catch((thrown: unknown) => thrown);
    this.inFlightCount -= 1;
    live.forEach((batch, index) => {
      if (Array.isArray(answer)) this.answered(batch, answer[index]);
      else this.refused(batch, MqError.from(answer, 'send'));
    });
    this.dispatchAfterTick();
  }

  /** Makes the bytes of a set. A set that is late or cannot be encoded ends here; it certainly was not stored, unless an earlier attempt may have been. */
  private encodable(batch: SetBatch, nowMs: number): boolean {
    if (batch.deadlineMs <= nowMs) {
      const outcome = batch.mayBeStored ? 'unknown' : 'failed';
      this.fail(
        batch,
        new MqError('timed-out', 'no free request within the send timeout', { outcome, retryable: true }),
      );
      return false;
    }
    try {
      batch.encoded = batch.encode();
      batch.attemptCount += 1;
      return true;
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      this.fail(batch, new MqError('bad-message', detail, { cause: thrown }));
      return false;
    }
  }

  private answered(batch: SetBatch, outcome: SetOutcome | undefined): void {
    batch.encoded = undefined;
    if (outcome?.kind === 'placed') {
      this.settleBatch(batch);
      this.totals.placedCount += batch.drafts.length;
      batch.placed(outcome.baseOffset);
      this.events.placed(batch.lane.topic);
      return;
    }
    if (outcome === undefined) {
      this.refused(batch, new MqError('bad-reply', 'send: an outcome is missing', { outcome: 'unknown' }));
      return;
    }
    const { code, message, retryable } = outcome;
    if (code === 'unknown-queue' && batch.attemptCount < ATTEMPT_COUNT_MAX) this.events.moved(batch);
    else this.refused(batch, new MqError(code, message, { retryable }));
  }

  private refused(batch: SetBatch, error: MqError): void {
    batch.encoded = undefined;
    const isUnknown = error.outcome === 'unknown';
    if (isUnknown) batch.mayBeStored = true;
    const isAllowed = isUnknown ? this.options.retryUnknown : error.retryable;
    const leftMs = batch.deadlineMs - this.platform.clock.monotonicMs();
    if (isAllowed && leftMs > this.options.retryMsMin) {
      this.resend(batch);
      return;
    }
    const outcome = batch.mayBeStored ? 'unknown' : 'failed';
    if (outcome === error.outcome) this.fail(batch, error);
    else this.fail(batch, new MqError(error.code, error.message, { outcome, cause: error }));
  }

  private settleBatch(batch: SetBatch): void {
    if (batch.isOrdered) batch.lane.isOrderedInFlight = false;
    this.settled(batch.drafts.length, batch.sizeBytes);
  }

  private settled(count: number, bytes: number): void {
    this.totals.pendingCount -= count;
    this.totals.pendingBytes -= bytes;
    if (this.totals.pendingCount > 0) return;
    this.totals.pendingBytes = 0;
    const waiting = this.drained;
    this.drained = [];
    for (const resolve of waiting) resolve();
  }

  private countFailure(error: MqError, count: number, unseenCount: number): void {
    if (error.outcome === 'unknown') this.totals.unknownCount += count;
    else this.totals.failedCount += count;
    this.totals.unseenFailureCount += unseenCount;
  }
}
