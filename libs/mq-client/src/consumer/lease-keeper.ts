import type { ReceiptItem } from '#mq-protocol';
import type { Clock, Timer } from '#platform';
import type { BrokerOperations } from '../broker-operations.js';
import type { ConsumerOptions } from './consumer.options.js';
import type { ConsumerTally } from './consumer-tally.js';
import type { LeasedMessage } from './leased-message.js';

/** A look at all held messages happens this many times per lease; a lease is extended when half of it or less is left. */
const LOOKS_PER_LEASE = 4;
/** Bounds of one request; the protocol allows 4096 receipts and 65535 messages. */
const RECEIPT_COUNT_MAX = 1024;
const MESSAGE_COUNT_MAX = 16_384;

interface Batch {
  readonly item: ReceiptItem;
  readonly messages: LeasedMessage[];
}

/** Extends the leases of everything in our hands, waiting or running, until it leaves them. */
export class LeaseKeeper {
  private readonly held = new Set<LeasedMessage>();
  private timer: Timer | undefined;

  constructor(
    private readonly options: ConsumerOptions,
    private readonly operations: Pick<BrokerOperations, 'extend'>,
    private readonly clock: Clock,
    private readonly tally: ConsumerTally,
  ) {}

  add(leased: LeasedMessage): void {
    this.held.add(leased);
    this.timer ??= this.clock.schedule(this.options.leaseMs / LOOKS_PER_LEASE, () => this.look());
  }

  remove(leased: LeasedMessage): void {
    this.held.delete(leased);
  }

  /** Forgets everything: what is still held runs out. */
  stop(): void {
    this.held.clear();
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** Extends these messages of one topic now; true if the broker agreed to all of them. */
  async extend(topic: string, messages: readonly LeasedMessage[], leaseMs: number): Promise<boolean> {
    const extended = requestsOf(byReceipt(messages)).map((batches) => this.request(topic, batches, leaseMs));
    return (await Promise.all(extended)).every(Boolean);
  }

  private async request(topic: string, batches: readonly Batch[], leaseMs: number): Promise<boolean> {
    const askedMs = this.clock.monotonicMs();
    const items = batches.map((batch) => batch.item);
    const request = { group: this.options.group, topic, items, visibilityMs: Math.ceil(leaseMs) };
    const answer = await this.operations.extend(request, this.options.leaseMs / LOOKS_PER_LEASE).catch(() => undefined);
    let isExtended = true;
    batches.forEach((batch, index) => {
      const outcome = answer?.outcomes[index];
      if (outcome !== 'settled') isExtended = false;
      if (outcome === 'settled') this.extended(batch, askedMs + leaseMs);
      // `unknown` (a broker that restarted) and no answer at all: the lease is left to run out, and handlers may still finish in time.
      if (outcome === 'stale') for (const each of batch.messages) each.lose('the lease passed to another delivery');
    });
    return isExtended;
  }

  private extended(batch: Batch, leaseEndMs: number): void {
    this.tally.extendedCount += batch.messages.length;
    for (const each of batch.messages) each.leaseEndMs = Math.max(each.leaseEndMs, leaseEndMs);
  }

  private look(): void {
    this.timer = undefined;
    const nowMs = this.clock.monotonicMs();
    const { leaseMs, leaseTotalMsMax } = this.options;
    const due = new Map<string, LeasedMessage[]>();
    for (const leased of this.held) {
      const leftMs = leased.leaseEndMs - nowMs;
      if (leftMs <= 0) leased.lose('the lease ended');
      else if (leased.state === 'held' && leftMs <= leaseMs / 2 && nowMs - leased.takenMs < leaseTotalMsMax) {
        const { topic } = leased.message;
        const messages = due.get(topic);
        if (messages === undefined) due.set(topic, [leased]);
        else messages.push(leased);
      }
    }
    for (const [topic, messages] of due) void this.extend(topic, messages, leaseMs);
    if (this.held.size > 0) this.timer = this.clock.schedule(leaseMs / LOOKS_PER_LEASE, () => this.look());
  }
}

function byReceipt(messages: readonly LeasedMessage[]): Batch[] {
  const batches = new Map<string, { item: ReceiptItem; offsets: number[]; messages: LeasedMessage[] }>();
  for (const leased of messages) {
    const { queueId, offset } = leased.message;
    let batch = batches.get(leased.receipt);
    if (batch === undefined) {
      const offsets: number[] = [];
      batch = { item: { queueId, receipt: leased.receipt, offsets }, offsets, messages: [] };
      batches.set(leased.receipt, batch);
    }
    batch.offsets.push(offset);
    batch.messages.push(leased);
  }
  for (const batch of batches.values()) batch.offsets.sort((a, b) => a - b);
  return [...batches.values()];
}

/** Batches by request. One batch is one receive, so it is never more than a request may name. */
function requestsOf(batches: readonly Batch[]): Batch[][] {
  const requests: Batch[][] = [];
  let request: Batch[] = [];
  let messageCount = 0;
  for (const batch of batches) {
    const count = batch.messages.length;
    if (request.length >= RECEIPT_COUNT_MAX || (request.length > 0 && messageCount + count > MESSAGE_COUNT_MAX)) {
      requests.push(request);
      request = [];
      messageCount = 0;
    }
    request.push(batch);
    messageCount += count;
  }
  if (request.length > 0) requests.push(request);
  return requests;
}
