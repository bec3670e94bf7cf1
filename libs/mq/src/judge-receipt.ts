import type { ReceiptItem } from '#mq-protocol';
import type { BrokerCore } from './broker-core.js';
import { groupKey } from './broker-state.js';
import type { GroupDelivery } from './group-delivery.js';
import { LEASED, type Lease } from './lease.js';
import type { QueueDelivery } from './queue-delivery.js';
import { decodeReceipt, type ReceiptContent } from './receipt.js';
import { groupDelivery } from './topics.js';

/** Messages of a lease that is over. */
export interface LateMessages {
  readonly delivery: GroupDelivery;
  readonly queue: QueueDelivery;
}

/** What an ack with a receipt would do: with outcome 'settled', `offsets` (those not settled yet, ascending) go into a record. */
export interface Judged {
  readonly outcome: 'settled' | 'stale' | 'unknown';
  readonly offsets: readonly number[];
  /** The live lease that they belong to. */
  readonly lease?: Lease;
  /** Or, when the lease is over or of an earlier epoch, where they lie. */
  readonly late?: LateMessages;
}

const UNKNOWN: Judged = { outcome: 'unknown', offsets: [] };
const STALE: Judged = { outcome: 'stale', offsets: [] };

/** Judges one item of an ack; changes nothing. */
export function judgeReceipt(core: BrokerCore, group: string, topic: string, item: ReceiptItem): Judged {
  if (!isAscending(item.offsets)) return UNKNOWN;
  const lease = core.leases.find(item.receipt);
  if (lease === undefined || lease.isExpired) return judgeLate(core, group, topic, item);
  const { state } = lease.group;
  if (state.group !== group || state.topic !== topic || lease.queue.queueId !== item.queueId) return UNKNOWN;
  const offsets: number[] = [];
  for (const offset of item.offsets) {
    if (lease.indexOf(offset) < 0) return UNKNOWN;
    const mark = lease.markOf(offset);
    if (mark === LEASED.returned) return STALE;
    // One that is settling is recorded again: this answer, too, may only come after a durable record.
    if (mark !== LEASED.settled) offsets.push(offset);
  }
  return { outcome: 'settled', offsets, lease };
}

function judgeLate(core: BrokerCore, group: string, topic: string, item: ReceiptItem): Judged {
  const key = core.state.current.receiptKey;
  const delivery = groupDelivery(core, groupKey(group, topic));
  const queue = delivery?.queues[item.queueId];
  if (key === undefined || delivery === undefined || queue === undefined) return UNKNOWN;
  const content = decodeReceipt(key, group, topic, item.receipt);
  if (content === undefined || content.queueId !== item.queueId) return UNKNOWN;
  const offsets: number[] = [];
  for (const offset of item.offsets) {
    const attempt = attemptOf(content, offset);
    if (attempt === undefined) return UNKNOWN;
    if (queue.progress.isSettled(offset)) continue;
    // Leased again, delayed by a nack, or delivered again since (each later delivery that ended counts one failure more).
    const failedCount = queue.progress.nextAttempt(offset) - 1;
    if (queue.isOccupied(offset) || failedCount > attempt) return STALE;
    offsets.push(offset);
  }
  return { outcome: 'settled', offsets, late: { delivery, queue } };
}

function attemptOf(content: ReceiptContent, offset: number): number | undefined {
  for (const { from, to, attempt } of content.spans) if (offset >= from && offset < to) return attempt;
  return undefined;
}

/** True for one offset or more, each above the one before: what a record of them needs. */
export function isAscending(offsets: readonly number[]): boolean {
  let last = -1;
  for (const offset of offsets) {
    if (offset <= last) return false;
    last = offset;
  }
  return offsets.length > 0;
}
