import { createMessageIds, type MessageDraft } from '#message-set';
import type { Clock, Platform } from '#platform';
import type { BrokerOperations } from '../broker-operations.js';
import { MqError } from '../mq-error.js';
import type { OutgoingMessage } from '../outgoing-message.js';
import type { SendReceipt } from '../send-receipt.js';
import { checkMessage } from './check-message.js';
import type { Producer, ProducerCounts } from './producer.js';
import type { ProducerOptions } from './producer.options.js';
import { queueOfKey } from './queue-hash.js';
import { SendPipe } from './send-pipe.js';
import { type Lane, SetBatch, type Waiter } from './set-batch.js';
import { type TopicRoute, TopicRoutes } from './topic-routes.js';

/** The producer: checks, chooses the queue, adds to the open set of that queue. `SendPipe` does the rest. */
export class BatchingProducer implements Producer {
  private readonly clock: Clock;
  private readonly nextMessageId: () => string;
  private readonly routes: TopicRoutes;
  private readonly pipe: SendPipe;
  private isClosed = false;

  constructor(
    private readonly options: ProducerOptions,
    operations: BrokerOperations,
    platform: Pick<Platform, 'clock' | 'random'>,
  ) {
    this.clock = platform.clock;
    this.nextMessageId = createMessageIds(platform.random);
    this.routes = new TopicRoutes(operations, platform.clock, options, options.newTopicQueueCount);
    this.pipe = new SendPipe(options, operations, platform, {
      placed: (topic) => this.confirmRoute(topic),
      moved: (batch) => this.reroute(batch),
    });
  }

  send(message: OutgoingMessage): Promise<SendReceipt> {
    return new Promise((resolve, reject) => {
      try {
        this.accept(message, { resolve, reject });
      } catch (error) {
        reject(error);
      }
    });
  }

  sendOneway(message: OutgoingMessage): void {
    this.accept(message, undefined);
  }

  async sendBatch(messages: readonly OutgoingMessage[]): Promise<readonly SendReceipt[]> {
    this.checkOpen();
    const [first] = messages;
    if (first === undefined) return [];
    const sizeBytes = this.checkBatch(first, messages);
    this.pipe.reserve(messages.length, sizeBytes);
    const drafts = messages.map((message) => this.draft(message));
    return new Promise((resolve, reject) => {
      const onAll = { resolve, reject };
      const failed = (error: MqError) => {
        this.pipe.release(drafts.length, sizeBytes, error, 0);
        reject(error);
      };
      const use = (route: TopicRoute) => {
        const lane = this.laneOf(route, first);
        if (lane instanceof MqError) {
          failed(lane);
          return;
        }
        const batch = new SetBatch(lane, this.deadlineMs(), onAll);
        for (const draft of drafts) batch.add(draft, sizeBytes / drafts.length, undefined);
        // What was gathered before stays in front, what comes later begins a new set behind: a lane keeps the order of sends.
        lane.open = undefined;
        this.pipe.push(batch);
        this.pipe.added(batch, sizeBytes);
      };
      this.withRoute(first.topic, use, failed);
    });
  }

  counts(): ProducerCounts {
    return this.pipe.counts();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.pipe.drain();
  }

  private accept(message: OutgoingMessage, waiter: Waiter | undefined): void {
    this.checkOpen();
    const sizeBytes = checkMessage(message, this.options.messageBytesMax);
    this.pipe.reserve(1, sizeBytes);
    const draft = this.draft(message);
    const route = this.routes.known(message.topic);
    if (route !== undefined) {
      this.place(route, message, draft, sizeBytes, waiter);
      return;
    }
    this.routes.find(
      message.topic,
      (found) => this.place(found, message, draft, sizeBytes, waiter),
      (error) => this.giveUp(sizeBytes, error, waiter),
    );
  }

  private giveUp(sizeBytes: number, error: MqError, waiter: Waiter | undefined): void {
    this.pipe.release(1, sizeBytes, error, waiter === undefined ? 1 : 0);
    waiter?.reject(error);
  }

  private place(
    route: TopicRoute,
    message: OutgoingMessage,
    draft: MessageDraft,
    sizeBytes: number,
    waiter: Waiter | undefined,
  ): void {
    const lane = this.laneOf(route, message);
    if (lane instanceof MqError) this.giveUp(sizeBytes, lane, waiter);
    else this.add(lane, draft, sizeBytes, waiter);
  }

  private add(lane: Lane, draft: MessageDraft, sizeBytes: number, waiter: Waiter | undefined): void {
    let batch = lane.open;
    if (batch === undefined || batch.sizeBytes + sizeBytes > this.options.setBytesMax) {
      batch = new SetBatch(lane, this.deadlineMs(), undefined);
      lane.open = batch;
      this.pipe.push(batch);
    }
    batch.add(draft, sizeBytes, waiter);
    if (batch.drafts.length >= this.options.setCountMax) lane.open = undefined;
    this.pipe.added(batch, sizeBytes);
  }

  private laneOf(route: TopicRoute, message: OutgoingMessage): Lane | MqError {
    const queueCount = route.lanes.length;
    const chosen = this.chosenQueue(message, queueCount);
    if (chosen instanceof MqError) return chosen;
    if (chosen !== undefined) return laneAt(route, chosen);
    if (message.orderingKey !== undefined) return laneAt(route, queueOfKey(message.orderingKey, queueCount));
    if (route.sticky.open === undefined) route.sticky = nextSticky(route);
    return route.sticky;
  }

  /** The selector is not ours: what it throws is this message's failure, and must not pass through what others wait for. */
  private chosenQueue(message: OutgoingMessage, queueCount: number): number | undefined | MqError {
    try {
      return this.options.selectQueue?.(message, queueCount);
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      return new MqError('bad-message', `selectQueue: ${detail}`, { cause: thrown });
    }
  }

  private draft(message: OutgoingMessage): MessageDraft {
    const { tag, keys, orderingKey, headers, traceparent, body, bodyEncoding } = message;
    return {
      messageId: this.nextMessageId(),
      type: orderingKey === undefined ? 'normal' : 'ordered',
      tag,
      keys,
      orderingKey,
      properties: headers,
      bornAtMs: this.clock.wallMs(),
      bornHost: this.options.bornHost,
      bodyEncoding,
      traceparent,
      body,
    };
  }

  private checkBatch(first: OutgoingMessage, messages: readonly OutgoingMessage[]): number {
    if (messages.length > this.options.setCountMax) {
      throw new MqError(
        'too-large',
        `a batch of ${messages.length} messages; the limit is ${this.options.setCountMax}`,
      );
    }
    let sizeBytes = 0;
    for (const message of messages) {
      if (message.topic !== first.topic) throw new MqError('bad-message', 'a batch is for one topic');
      if (message.orderingKey !== first.orderingKey) throw new MqError('bad-message', 'a batch has one ordering key');
      sizeBytes += checkMessage(message, this.options.messageBytesMax);
    }
    if (sizeBytes <= this.options.messageBytesMax) return sizeBytes;
    throw new MqError('too-large', `a batch of ${sizeBytes} bytes; the limit is ${this.options.messageBytesMax}`);
  }

  private withRoute(topic: string, use: (route: TopicRoute) => void, failed: (error: MqError) => void): void {
    const route = this.routes.known(topic);
    if (route === undefined) this.routes.find(topic, use, failed);
    else use(route);
  }

  private confirmRoute(topic: string): void {
    const route = this.routes.known(topic);
    if (route?.isProvisional) this.routes.confirm(route);
  }

  /** The broker does not know this queue (any more): the whole set, certainly not stored, goes to a queue of the new route. */
  private reroute(batch: SetBatch): void {
    const { topic, queueId } = batch.lane;
    // A set that comes back from an older route says nothing about the one that is known by now.
    if (this.routes.known(topic)?.lanes[queueId] === batch.lane) this.routes.forget(topic);
    this.withRoute(
      topic,
      (route) => this.pipe.move(batch, (each) => newLaneOf(route, each)),
      (error) => this.pipe.fail(batch, error),
    );
  }

  private deadlineMs(): number {
    return this.clock.monotonicMs() + this.options.sendTimeoutMs;
  }

  private checkOpen(): void {
    if (this.isClosed) throw new MqError('closed', 'the producer is closed');
  }
}

function laneAt(route: TopicRoute, queueId: number): Lane | MqError {
  const lane = route.lanes[queueId];
  return lane ?? new MqError('unknown-queue', `queue ${queueId} of ${route.topic}, which has ${route.lanes.length}`);
}

/** Where a whole set goes whose queue is unknown: with its first ordering key. */
function newLaneOf(route: TopicRoute, batch: SetBatch): Lane {
  const orderingKey = batch.drafts[0]?.orderingKey;
  const lane = route.lanes[orderingKey === undefined ? 0 : queueOfKey(orderingKey, route.lanes.length)];
  return lane ?? batch.lane;
}

/** The next lane in turn, preferring one that does not wait for an ordered set. */
function nextSticky(route: TopicRoute): Lane {
  const count = route.lanes.length;
  let next = route.sticky;
  for (let step = 1; step <= count; step++) {
    next = route.lanes[(route.sticky.queueId + step) % count] ?? next;
    if (!next.isOrderedInFlight) return next;
  }
  return next;
}
