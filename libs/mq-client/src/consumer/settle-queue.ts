import type { ReceiptItem, SettleAnswer } from '#mq-protocol';
import type { Logger, Platform } from '#platform';
import type { BrokerOperations } from '../broker-operations.js';
import { MqError } from '../mq-error.js';
import type { ConsumerTally } from './consumer-tally.js';
import type { LeasedMessage } from './leased-message.js';

/** Keys among the delays: acknowledgements, and what goes back untried. */
const ACK = -1;
const RELEASE = -2;
/** Bounds of one request; the protocol allows 4096 items and 65535 messages. */
const ITEM_COUNT_MAX = 1024;
const OFFSET_COUNT_MAX = 16_384;
const REQUEST_TIMEOUT_MS = 10_000;
const PAUSE_MS_MIN = 50;
const PAUSE_MS_MAX = 2000;

interface Item {
  readonly queueId: number;
  readonly receipt: string;
  readonly offsets: number[];
  giveUpMs: number;
}

interface Request {
  readonly delayMs: number;
  readonly items: Item[];
}

/** Where the settlements of one (group, topic) go. */
export interface SettleParts {
  readonly group: string;
  readonly topic: string;
  /** How long an undelivered settlement makes sense: the broker forgets the lease after it. */
  readonly leaseMs: number;
  readonly operations: BrokerOperations;
  readonly platform: Pick<Platform, 'clock' | 'random' | 'logger'>;
  readonly tally: ConsumerTally;
  /** Called after every round: there may be room to receive again. */
  readonly settled: () => void;
}

/**
 * Gathers acknowledgements and give-backs of a tick, and all that come while a round is on the way, into few requests.
 * A failed request is repeated (settling twice does no harm) until the leases must have ended; then it is counted as lost.
 */
export class SettleQueue {
  private waiting = new Map<number, Map<string, Item>>();
  private waitingCount = 0;
  private onTheWayCount = 0;
  private isRunning = false;
  private failureCount = 0;
  private idle: (() => void)[] = [];
  private readonly logger: Logger;

  constructor(private readonly parts: SettleParts) {
    this.logger = parts.platform.logger;
  }

  /** Settlements that the broker did not answer yet. */
  get unsettledCount(): number {
    return this.waitingCount + this.onTheWayCount;
  }

  /** Acknowledges (undefined) or gives back as failed, to come again after `delayMs`. */
  add(leased: LeasedMessage, delayMs: number | undefined): void {
    this.gather(leased, delayMs ?? ACK);
  }

  /** Gives back untried, to come again at once. */
  release(leased: LeasedMessage): void {
    this.gather(leased, RELEASE);
  }

  private gather(leased: LeasedMessage, key: number): void {
    const { queueId, offset } = leased.message;
    const item = this.itemOf(key, leased.receipt, queueId);
    item.offsets.push(offset);
    item.giveUpMs = this.parts.platform.clock.monotonicMs() + this.parts.leaseMs;
    this.waitingCount += 1;
    this.start();
  }

  /** Resolves when nothing is left to settle: answered, or given up. */
  drain(): Promise<void> {
    if (this.unsettledCount === 0 && !this.isRunning) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.parts.platform.clock.afterIo(() => void this.run());
  }

  private async run(): Promise<void> {
    while (this.waitingCount > 0) {
      const isDelivered = await this.round();
      this.failureCount = isDelivered ? 0 : this.failureCount + 1;
      this.parts.settled();
      if (!isDelivered) await this.pause();
    }
    this.isRunning = false;
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }

  private async round(): Promise<boolean> {
    const requests = this.takeRequests();
    this.onTheWayCount = this.waitingCount;
    this.waitingCount = 0;
    const delivered = await Promise.all(requests.map((request) => this.deliver(request)));
    this.onTheWayCount = 0;
    return delivered.every(Boolean);
  }

  private takeRequests(): Request[] {
    const requests: Request[] = [];
    for (const [delayMs, byReceipt] of this.waiting) {
      let request: Request | undefined;
      let offsetCount = 0;
      for (const item of byReceipt.values()) {
        // One item is of one receive, so it is never more than a request may name; with others before it, it may be.
        const isFull = offsetCount > 0 && offsetCount + item.offsets.length > OFFSET_COUNT_MAX;
        if (request === undefined || request.items.length >= ITEM_COUNT_MAX || isFull) {
          request = { delayMs, items: [] };
          requests.push(request);
          offsetCount = 0;
        }
        item.offsets.sort((a, b) => a - b);
        request.items.push(item);
        offsetCount += item.offsets.length;
      }
    }
    this.waiting = new Map();
    return requests;
  }

  private async deliver(request: Request): Promise<boolean> {
    try {
      const answer = await this.send(request);
      for (const [index, item] of request.items.entries()) this.count(request.delayMs, item, answer.outcomes[index]);
      return true;
    } catch (thrown) {
      this.putBack(request, MqError.from(thrown, 'settle'));
      return false;
    }
  }

  private send({ delayMs, items }: Request): Promise<SettleAnswer> {
    const { group, topic, operations } = this.parts;
    const plain: ReceiptItem[] = items.map(({ queueId, receipt, offsets }) => ({ queueId, receipt, offsets }));
    if (delayMs === ACK) return operations.ack({ group, topic, items: plain }, REQUEST_TIMEOUT_MS);
    if (delayMs === RELEASE) {
      return operations.nack({ group, topic, items: plain, delayMs: 0, countsAsFailure: false }, REQUEST_TIMEOUT_MS);
    }
    return operations.nack({ group, topic, items: plain, delayMs }, REQUEST_TIMEOUT_MS);
  }

  private count(delayMs: number, item: Item, outcome: SettleAnswer['outcomes'][number] | undefined): void {
    const { tally } = this.parts;
    const count = item.offsets.length;
    if (outcome !== 'settled') tally.staleCount += count;
    else if (delayMs === ACK) tally.ackedCount += count;
    else tally.nackedCount += count;
  }

  private putBack(request: Request, error: MqError): void {
    const nowMs = this.parts.platform.clock.monotonicMs();
    let lostCount = 0;
    for (const item of request.items) {
      if (item.giveUpMs <= nowMs) {
        lostCount += item.offsets.length;
        continue;
      }
      const again = this.itemOf(request.delayMs, item.receipt, item.queueId);
      for (const offset of item.offsets) again.offsets.push(offset);
      again.giveUpMs = Math.max(again.giveUpMs, item.giveUpMs);
      this.waitingCount += item.offsets.length;
    }
    if (lostCount === 0) return;
    this.parts.tally.lostCount += lostCount;
    const { group, topic } = this.parts;
    this.logger.warn('settlements given up, the messages are delivered again', {
      group,
      topic,
      count: lostCount,
      code: error.code,
    });
  }

  private itemOf(delayMs: number, receipt: string, queueId: number): Item {
    let byReceipt = this.waiting.get(delayMs);
    if (byReceipt === undefined) {
      byReceipt = new Map();
      this.waiting.set(delayMs, byReceipt);
    }
    let item = byReceipt.get(receipt);
    if (item === undefined) {
      item = { queueId, receipt, offsets: [], giveUpMs: 0 };
      byReceipt.set(receipt, item);
    }
    return item;
  }

  private pause(): Promise<void> {
    const { clock, random } = this.parts.platform;
    const wholeMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** Math.min(this.failureCount - 1, 10));
    return clock.sleep(wholeMs * (0.5 + random.next() / 2));
  }
}
