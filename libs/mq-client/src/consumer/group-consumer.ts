import type { LeasedRun } from '#mq-protocol';
import { invariant, type Platform } from '#platform';
import type { BrokerOperations } from '../broker-operations.js';
import type { ReceivedMessage } from '../received-message.js';
import type { Consumer, ConsumerCounts, MessageHandler } from './consumer.js';
import type { ConsumerOptions, Subscription } from './consumer.options.js';
import { type ConsumerTally, newConsumerTally } from './consumer-tally.js';
import { HandlerPool } from './handler-pool.js';
import { LeaseKeeper } from './lease-keeper.js';
import { type LeaseDesk, LeasedMessage } from './leased-message.js';
import { openRun } from './open-run.js';
import { retryDelayMs } from './retry-delay.js';
import { SettleQueue } from './settle-queue.js';
import { TopicIntake } from './topic-intake.js';

const DELAY_MS_MAX = 43_200_000;

interface TopicSide {
  readonly subscription: Subscription;
  readonly intake: TopicIntake;
  readonly settlements: SettleQueue;
}

/** One member of a group: an intake and a settle queue per topic, one pool of handlers, one keeper of leases. */
export class GroupConsumer implements Consumer, LeaseDesk {
  private readonly sides = new Map<string, TopicSide>();
  private readonly pool: HandlerPool;
  private readonly keeper: LeaseKeeper;
  private readonly tally: ConsumerTally = newConsumerTally();
  private phase: 'new' | 'running' | 'paused' | 'stopping' = 'new';
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly options: ConsumerOptions,
    handler: MessageHandler,
    private readonly operations: BrokerOperations,
    private readonly platform: Pick<Platform, 'clock' | 'random' | 'logger'>,
  ) {
    const { clock, logger } = platform;
    this.keeper = new LeaseKeeper(options, operations, clock, this.tally);
    this.pool = new HandlerPool({
      handler,
      concurrency: options.concurrency,
      retryMsMax: options.retryMsMax,
      tally: this.tally,
      logger,
      monotonicMs: () => clock.monotonicMs(),
      left: (leased) => this.side(leased.message.topic).intake.left(1, leased.sizeBytes),
      ended: (leased) => this.keeper.remove(leased),
    });
    for (const subscription of options.subscriptions) this.sides.set(subscription.topic, this.newSide(subscription));
  }

  start(): void {
    invariant(this.phase === 'new', 'a consumer is started once');
    this.phase = 'running';
    for (const { intake } of this.sides.values()) intake.start();
  }

  pause(): void {
    if (this.phase !== 'running') return;
    this.phase = 'paused';
    this.pool.hold(true);
  }

  resume(): void {
    if (this.phase !== 'paused') return;
    this.phase = 'running';
    this.pool.hold(false);
    for (const { intake } of this.sides.values()) intake.wake();
  }

  counts(): ConsumerCounts {
    return { ...this.tally };
  }

  stop(): Promise<void> {
    this.stopped ??= this.stopOnce();
    return this.stopped;
  }

  settle(leased: LeasedMessage, delayMs: number | undefined): void {
    this.keeper.remove(leased);
    const delay = delayMs === undefined ? undefined : Math.min(DELAY_MS_MAX, Math.max(0, Math.ceil(delayMs)));
    this.side(leased.message.topic).settlements.add(leased, delay);
  }

  release(leased: LeasedMessage): void {
    this.keeper.remove(leased);
    this.side(leased.message.topic).settlements.release(leased);
  }

  retryDelayMs(leased: LeasedMessage): number {
    const { retryMsMin, retryMsMax } = this.options;
    return retryDelayMs(leased.message.deliveryAttempt, retryMsMin, retryMsMax, this.platform.random);
  }

  extend(leased: LeasedMessage, leaseMs: number): Promise<boolean> {
    return this.keeper.extend(leased.message.topic, [leased], leaseMs);
  }

  private async stopOnce(): Promise<void> {
    this.phase = 'stopping';
    this.pool.hold(true);
    await Promise.all([...this.sides.values()].map(({ intake }) => intake.stop()));
    for (const leased of this.pool.takeBuffered()) leased.release();
    await this.within(this.options.shutdownTimeoutMs, this.pool.whenIdle());
    for (const leased of this.pool.running()) leased.abort('the consumer stopped waiting for its handlers');
    this.keeper.stop();
    const settled = Promise.all([...this.sides.values()].map(({ settlements }) => settlements.drain()));
    await this.within(Math.min(this.options.leaseMs, this.options.shutdownTimeoutMs), settled);
  }

  /** Waits for `work`, at most `timeoutMs`. */
  private async within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.platform.clock.schedule(timeoutMs, resolve);
      void work.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  private newSide(subscription: Subscription): TopicSide {
    const { options, operations, platform, tally } = this;
    const { topic } = subscription;
    const settlements: SettleQueue = new SettleQueue({
      group: options.group,
      topic,
      leaseMs: options.leaseMs,
      operations,
      platform,
      tally,
      settled: () => intake.wake(),
    });
    const intake = new TopicIntake({
      topic,
      options,
      operations,
      platform,
      isOpen: () => this.phase === 'running' && settlements.unsettledCount < options.unsettledCountMax,
      received: (runs) => this.received(this.side(topic), runs),
    });
    return { subscription, intake, settlements };
  }

  private received(side: TopicSide, runs: readonly LeasedRun[]): void {
    const nowMs = this.platform.clock.monotonicMs();
    const { topic, tags } = side.subscription;
    const wanted: LeasedMessage[] = [];
    for (const run of runs) {
      const { messages, problem } = openRun(topic, run);
      this.tally.receivedCount += messages.length;
      if (problem !== undefined) this.damaged(topic, run, problem);
      for (const message of messages) {
        const leased = new LeasedMessage(message, run.receipt, nowMs + this.options.leaseMs, nowMs, this);
        if (isWanted(message, tags)) wanted.push(leased);
        else this.filter(leased);
      }
    }
    this.take(side, wanted);
  }

  private take(side: TopicSide, wanted: readonly LeasedMessage[]): void {
    let bytes = 0;
    for (const leased of wanted) {
      bytes += leased.sizeBytes;
      this.keeper.add(leased);
    }
    side.intake.arrived(wanted.length, bytes);
    this.pool.push(wanted);
  }

  private filter(leased: LeasedMessage): void {
    this.tally.filteredCount += 1;
    leased.ack();
  }

  private damaged(topic: string, run: LeasedRun, problem: string): void {
    const fields = { group: this.options.group, topic, queueId: run.queueId, reason: problem };
    this.platform.logger.error('a received message set is damaged; its messages are left to their lease', fields);
  }

  private side(topic: string): TopicSide {
    const side = this.sides.get(topic);
    invariant(side !== undefined, 'messages come only from subscribed topics');
    return side;
  }
}

function isWanted(message: ReceivedMessage, tags: readonly string[] | undefined): boolean {
  return tags === undefined || (message.tag !== undefined && tags.includes(message.tag));
}
