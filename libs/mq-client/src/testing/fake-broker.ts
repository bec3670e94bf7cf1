import { viewMessageSet } from '#message-set';
import {
  decodeSendRequest,
  encodeReceiveAnswer,
  encodeSendAnswer,
  MQ_ROUTES,
  parseAckRequest,
  parseExtendRequest,
  parseNackRequest,
  parseReceiveRequest,
  type ReceiptItem,
  type Refusal,
  type SetOutcome,
  type SettleAnswer,
} from '#mq-protocol';
import type { Clock } from '#platform';
import type { CallOptions, ChannelStatus, RpcChannel } from '#rpc';
import { FakeQueue } from './fake-queue.js';

/** One request as the fake saw it. */
export interface SeenRequest {
  readonly route: string;
  readonly payload: unknown;
}

/** What the fake does instead of answering: throws before it did anything, or after it did everything. */
export type FakeFault = { readonly when: 'before' | 'after'; readonly error: Error };

/**
 * A broker in memory behind a channel, for specs: topics are made by the first send, leases run by the given clock, nothing is durable.
 * It speaks the real bytes of libs/mq-protocol.
 */
export class FakeBroker implements RpcChannel {
  readonly status: ChannelStatus = 'connected';
  readonly seen: SeenRequest[] = [];
  /** Asked before each request; undefined = answer it. */
  fault: (route: string) => FakeFault | undefined = () => undefined;
  /** Refuses the next sets with these. */
  readonly refusals: Refusal[] = [];
  /** Requests to these routes wait until the promise resolves. */
  readonly gates = new Map<string, Promise<void>>();
  private readonly topics = new Map<string, FakeQueue[]>();
  private readonly arrivals = new Set<() => void>();
  /** What a receive attempt got, given again to a repeat as long as the lease of it lives. */
  private readonly answers = new Map<string, { readonly body: Buffer; readonly untilMs: number }>();
  private leaseCount = 0;

  constructor(
    private readonly clock: Clock,
    readonly queueCount = 4,
  ) {}

  onStatus(): () => void {
    return () => undefined;
  }

  async connect(): Promise<void> {}

  async call(route: string, payload: unknown, options: CallOptions = {}): Promise<unknown> {
    this.seen.push({ route, payload });
    const fault = this.fault(route);
    if (fault?.when === 'before') throw fault.error;
    await this.gates.get(route);
    const answer = await this.answer(route, payload, options.signal);
    if (fault !== undefined) throw fault.error;
    return answer;
  }

  open(): () => void {
    throw new Error('the fake broker has no streams');
  }

  async oneway(): Promise<void> {}

  async close(): Promise<void> {}

  createTopic(topic: string, queueCount = this.queueCount): void {
    this.topics.set(
      topic,
      Array.from({ length: queueCount }, (_, queueId) => new FakeQueue(queueId)),
    );
  }

  queues(topic: string): readonly FakeQueue[] {
    return this.topics.get(topic) ?? [];
  }

  /** How many requests of a route came. */
  seenCount(route: string): number {
    return this.seen.filter((each) => each.route === route).length;
  }

  /** Forgets all leases. */
  restart(): void {
    this.answers.clear();
    for (const queues of this.topics.values()) for (const queue of queues) queue.forgetLeases();
    this.arrived();
  }

  private async answer(route: string, payload: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    switch (route) {
      case MQ_ROUTES.send:
        return this.send(payload);
      case MQ_ROUTES.receive:
        return this.receive(payload, signal);
      case MQ_ROUTES.ack: {
        const { group, topic, items } = parseAckRequest(payload);
        return this.settle(group, topic, items, (each) => Object.assign(each, { isAcked: true }));
      }
      case MQ_ROUTES.nack: {
        const { group, topic, items, delayMs, countsAsFailure = true } = parseNackRequest(payload);
        const untilMs = this.clock.monotonicMs() + delayMs;
        const settled = this.settle(group, topic, items, (each) =>
          Object.assign(each, { receipt: '', failureCount: each.failureCount + Number(countsAsFailure), untilMs }),
        );
        this.wakeAfter(delayMs);
        return settled;
      }
      case MQ_ROUTES.extend: {
        const { group, topic, items, visibilityMs } = parseExtendRequest(payload);
        const untilMs = this.clock.monotonicMs() + visibilityMs;
        return this.settle(group, topic, items, (each) => Object.assign(each, { untilMs }));
      }
      case MQ_ROUTES.describeTopic:
        return this.describe(payload);
      default:
        throw new Error(`the fake broker does not know ${route}`);
    }
  }

  private send(payload: unknown): Buffer {
    if (!Buffer.isBuffer(payload)) throw new Error('a send is bytes');
    const outcomes = decodeSendRequest(payload).sets.map((set): SetOutcome => {
      const refusal = this.refusals.shift();
      if (refusal !== undefined) return refusal;
      const { topic, queueId } = viewMessageSet(set);
      if (!this.topics.has(topic)) this.createTopic(topic);
      const queue = this.queues(topic)[queueId];
      if (queue === undefined) return { kind: 'refused', code: 'unknown-queue', message: 'no', retryable: false };
      const storedAtMs = this.clock.wallMs();
      return { kind: 'placed', topic, queueId, baseOffset: queue.append(set, storedAtMs), storedAtMs };
    });
    this.arrived();
    return encodeSendAnswer(outcomes);
  }

  private async receive(payload: unknown, signal: AbortSignal | undefined): Promise<Buffer> {
    const request = parseReceiveRequest(payload);
    const endMs = this.clock.monotonicMs() + request.waitMs;
    for (;;) {
      const nowMs = this.clock.monotonicMs();
      const earlier = this.answers.get(request.attemptId);
      if (earlier !== undefined && earlier.untilMs > nowMs) return earlier.body;
      let left = request.messageCountMax;
      const runs = this.queues(request.topic).flatMap((queue) => {
        if (left <= 0) return [];
        const receipt = `receipt-${++this.leaseCount}`;
        const run = queue.lease(request.group, left, nowMs, nowMs + request.visibilityMs, receipt);
        left -= run?.offsets.length ?? 0;
        return run ?? [];
      });
      if (runs.length > 0 || nowMs >= endMs) {
        const body = encodeReceiveAnswer({ runs });
        if (runs.length > 0) this.answers.set(request.attemptId, { body, untilMs: nowMs + request.visibilityMs });
        return body;
      }
      this.wakeAfter(request.visibilityMs); // Leases that run out are arrivals, too.
      await this.arrival(endMs - nowMs, signal);
    }
  }

  private settle(
    group: string,
    topic: string,
    items: readonly ReceiptItem[],
    change: Parameters<FakeQueue['settle']>[3],
  ): SettleAnswer {
    const outcomes = items.map(({ queueId, receipt, offsets }) => {
      const isSettled = this.queues(topic)[queueId]?.settle(group, receipt, offsets, change) === true;
      return isSettled ? ('settled' as const) : ('stale' as const);
    });
    return { outcomes };
  }

  private describe(payload: unknown): object {
    const topic = typeof payload === 'object' && payload !== null && 'topic' in payload ? String(payload.topic) : '';
    const queues = this.topics.get(topic);
    if (queues === undefined) {
      return { kind: 'refused', code: 'unknown-topic', message: `no topic ${topic}`, retryable: false };
    }
    const described = queues.map(({ queueId, endOffset }) => ({ queueId, startOffset: 0, endOffset }));
    return { topic, queueCount: queues.length, queues: described };
  }

  private arrival(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.arrivals.delete(done);
        timer.cancel();
        resolve();
      };
      const timer = this.clock.schedule(waitMs, done);
      timer.unref();
      this.arrivals.add(done);
      const cancelled = () => {
        this.arrivals.delete(done);
        timer.cancel();
        reject(signal?.reason);
      };
      if (signal?.aborted) cancelled();
      else signal?.addEventListener('abort', cancelled, { once: true });
    });
  }

  private wakeAfter(delayMs: number): void {
    this.clock.schedule(delayMs, () => this.arrived()).unref();
  }

  private arrived(): void {
    for (const wake of [...this.arrivals]) wake();
  }
}
