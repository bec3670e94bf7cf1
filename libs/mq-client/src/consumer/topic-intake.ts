import type { LeasedRun, ReceiveRequest } from '#mq-protocol';
import type { Platform } from '#platform';
import type { BrokerOperations } from '../broker-operations.js';
import { MqError } from '../mq-error.js';
import type { ConsumerOptions } from './consumer.options.js';

/** How long a consumer that stops looks after the answer of a receive that it cancelled. */
const RECLAIM_TIMEOUT_MS = 1000;
/** What a receive may take beyond its own wait before it counts as lost. */
const ANSWER_TIMEOUT_MS = 10_000;
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 5000;
const ATTEMPT_ID_BYTES = 12;

/** What one intake works with. */
export interface IntakeParts {
  readonly topic: string;
  readonly options: ConsumerOptions;
  readonly operations: BrokerOperations;
  readonly platform: Pick<Platform, 'clock' | 'random' | 'logger'>;
  /** False = something else than the prefetch bounds forbids to receive (paused, too many unsettled). `wake` is called when that may have changed. */
  readonly isOpen: () => boolean;
  readonly received: (runs: readonly LeasedRun[]) => void;
}

/** Keeps one topic's share of the prefetch filled: one receive at a time, asked for when at least half of the share is free. */
export class TopicIntake {
  /** Received and not started. Counted by `arrived` and `left`. */
  private heldCount = 0;
  private heldBytes = 0;
  private readonly countMax: number;
  private readonly bytesMax: number;
  private isStopping = false;
  private failureCount = 0;
  private readonly abort = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private wakeUp: (() => void) | undefined;

  constructor(private readonly parts: IntakeParts) {
    const { subscriptions, prefetchCountMax, prefetchBytesMax } = parts.options;
    this.countMax = Math.max(1, Math.floor(prefetchCountMax / subscriptions.length));
    this.bytesMax = Math.max(1, Math.floor(prefetchBytesMax / subscriptions.length));
  }

  start(): void {
    this.running = this.run();
  }

  /** Cancels the receive on the way; what was leased to it all the same still arrives. Resolves when no more messages can come. */
  stop(): Promise<void> {
    this.isStopping = true;
    this.abort.abort(new Error('the consumer stops'));
    this.wake();
    return this.running;
  }

  arrived(count: number, bytes: number): void {
    this.heldCount += count;
    this.heldBytes += bytes;
  }

  left(count: number, bytes: number): void {
    this.heldCount -= count;
    this.heldBytes -= bytes;
    if (this.hasRoom()) this.wake();
  }

  wake(): void {
    const wakeUp = this.wakeUp;
    this.wakeUp = undefined;
    wakeUp?.();
  }

  private hasRoom(): boolean {
    return this.heldCount * 2 <= this.countMax && this.heldBytes * 2 <= this.bytesMax;
  }

  private async run(): Promise<void> {
    let attemptId = this.newAttemptId();
    while (!this.isStopping) {
      if (!this.hasRoom() || !this.parts.isOpen()) {
        await new Promise<void>((resolve) => {
          this.wakeUp = resolve;
        });
        continue;
      }
      // After a failure the same attempt is repeated: if its answer was lost, the broker gives the same batch.
      if (await this.receive(attemptId)) attemptId = this.newAttemptId();
    }
  }

  private async receive(attemptId: string): Promise<boolean> {
    const { options, operations, platform, received } = this.parts;
    const startMs = platform.clock.monotonicMs();
    try {
      const timeoutMs = options.receiveWaitMs + ANSWER_TIMEOUT_MS;
      const { runs } = await operations.receive(this.request(attemptId), timeoutMs, this.abort.signal);
      this.failureCount = 0;
      if (runs.length > 0) received(runs);
      // An empty answer before its time must not become a busy loop.
      else if (platform.clock.monotonicMs() - startMs < options.receiveWaitMs / 2) await this.pause(PAUSE_MS_MIN);
      return true;
    } catch (thrown) {
      if (this.isStopping) {
        await this.reclaim(attemptId);
        return false;
      }
      await this.failed(MqError.from(thrown, 'receive'));
      return false;
    }
  }

  /**
   * The answer may have crossed the cancellation, and its lease would have to run out. The same attempt gets the same batch; if there is none,
   * it gets one message at most. Whatever comes is given back by the consumer that stops.
   */
  private async reclaim(attemptId: string): Promise<void> {
    const { operations, received } = this.parts;
    const request = { ...this.request(attemptId), messageCountMax: 1, waitMs: 0 };
    try {
      const { runs } = await operations.receive(request, RECLAIM_TIMEOUT_MS, new AbortController().signal);
      if (runs.length > 0) received(runs);
    } catch {
      // The broker is away or refuses: then the lease, if there is one, runs out.
    }
  }

  private request(attemptId: string): ReceiveRequest {
    const { topic, options } = this.parts;
    return {
      group: options.group,
      topic,
      queueId: -1,
      messageCountMax: Math.max(1, this.countMax - this.heldCount),
      bytesMax: Math.max(1, this.bytesMax - this.heldBytes),
      waitMs: options.receiveWaitMs,
      visibilityMs: options.leaseMs,
      attemptId,
      startFrom: options.startFrom,
    };
  }

  private async failed(error: MqError): Promise<void> {
    this.failureCount += 1;
    const wholeMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** Math.min(this.failureCount - 1, 10));
    const { topic, options, platform } = this.parts;
    // One line when trouble begins, then one now and then: a broker that is down for an hour is no flood.
    if (this.failureCount === 1 || this.failureCount % 60 === 0) {
      const fields = { group: options.group, topic, code: error.code, reason: error.message, count: this.failureCount };
      platform.logger.warn('receive failed, trying again', fields);
    }
    await this.pause(wholeMs);
  }

  private async pause(wholeMs: number): Promise<void> {
    const { clock, random } = this.parts.platform;
    // Rejects only when stopped meanwhile: then the loop ends anyway.
    await clock.sleep(wholeMs * (0.5 + random.next() / 2), this.abort.signal).catch(() => undefined);
  }

  private newAttemptId(): string {
    return this.parts.platform.random.bytes(ATTEMPT_ID_BYTES).toString('hex');
  }
}
