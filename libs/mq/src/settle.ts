import type { AckRequest, ExtendRequest, NackRequest, ReceiptItem, SettleAnswer } from '#mq-protocol';
import type { BrokerCore } from './broker-core.js';
import { groupKey } from './broker-state.js';
import { free, holdBack } from './hold-back.js';
import { isAscending, type Judged, judgeReceipt, type LateMessages } from './judge-receipt.js';
import { LEASED, type Lease } from './lease.js';
import { giveBackExpired } from './lease-expiry.js';
import { rangesOf } from './offset-ranges.js';
import { type Refusal, refusalOf, refuse } from './refusals.js';
import type { QueueRanges } from './state-record.js';

type Outcome = SettleAnswer['outcomes'][number];

/**
 * Settles leased messages; answered once the record of it is durable. An item is settled as a whole or not at all; messages that are settled
 * already count as settled, so a repeat is harmless. A late receipt settles its messages if nobody has them by now.
 * @throws {StoreError} 'failed': the outcome is unknown.
 */
export async function ackMessages(core: BrokerCore, request: AckRequest): Promise<SettleAnswer | Refusal> {
  const outcomes: Outcome[] = [];
  const begun: Judged[] = [];
  const queues: QueueRanges[] = [];
  for (const item of request.items) {
    const judged = judgeReceipt(core, request.group, request.topic, item);
    outcomes.push(judged.outcome);
    if (judged.outcome !== 'settled' || judged.offsets.length === 0) continue;
    beginAck(judged);
    begun.push(judged);
    queues.push({ queueId: item.queueId, ranges: rangesOf(judged.offsets) });
  }
  if (begun.length === 0) return { outcomes };
  try {
    await core.log.append({ kind: 'acked', group: request.group, topic: request.topic, queues });
  } catch (error) {
    for (const judged of begun) undoAck(core, judged);
    return refusalOrThrow(error);
  }
  for (const judged of begun) endAck(core, judged);
  // A settled message may have been all that kept the window shut.
  core.deliveries.get(groupKey(request.group, request.topic))?.wakeParked();
  return { outcomes };
}

/**
 * Gives leased messages back, to be delivered again after `delayMs`; each counts as a failed delivery, and the answer comes once that is durable,
 * unless the request says that nobody tried.
 */
export async function nackMessages(core: BrokerCore, request: NackRequest): Promise<SettleAnswer | Refusal> {
  const { group, topic, delayMs } = request;
  const outcomes: Outcome[] = [];
  const begun: { readonly lease: Lease; readonly offsets: readonly number[] }[] = [];
  for (const item of request.items) {
    const lease = openLease(core, request, item);
    outcomes.push(lease === undefined ? lateOutcome(core, request, item) : 'settled');
    if (lease === undefined) continue;
    for (const offset of item.offsets) lease.mark(offset, LEASED.settling);
    begun.push({ lease, offsets: item.offsets });
  }
  if (begun.length === 0) return { outcomes };
  const dueMs = core.clock.monotonicMs() + delayMs;
  if (request.countsAsFailure === false) {
    // As if it had never been delivered: there is nothing to record.
    for (const { lease, offsets } of begun) giveBack(core, lease, offsets, dueMs);
    return { outcomes };
  }
  const visibleAtMs = delayMs > 0 ? core.clock.wallMs() + delayMs : 0;
  const queues = begun.map(({ lease, offsets }) => ({ queueId: lease.queue.queueId, ranges: rangesOf(offsets) }));
  try {
    await core.log.append({ kind: 'failed', group, topic, visibleAtMs, queues: queues });
  } catch (error) {
    for (const { lease, offsets } of begun) reopen(core, lease, offsets);
    return refusalOrThrow(error);
  }
  for (const { lease, offsets } of begun) giveBack(core, lease, offsets, dueMs);
  return { outcomes };
}

function giveBack(core: BrokerCore, lease: Lease, offsets: readonly number[], dueMs: number): void {
  const returned = offsets.filter((offset) => lease.markOf(offset) === LEASED.settling);
  for (const offset of returned) lease.mark(offset, LEASED.returned);
  finish(core, lease, returned.length);
  holdBack(core, lease.group, lease.queue, rangesOf(returned), dueMs);
}

/** Keeps the leases that the items name for `visibilityMs` from now (never shorter than they are). A lease is kept as a whole, whichever of its messages are named. */
export function extendLeases(core: BrokerCore, request: ExtendRequest): SettleAnswer {
  const dueMs = core.clock.monotonicMs() + request.visibilityMs;
  const outcomes = request.items.map((item): Outcome => {
    const lease = openLease(core, request, item);
    if (lease === undefined) return lateOutcome(core, request, item);
    if (dueMs > lease.dueMs) core.deadlines.set(lease, dueMs);
    return 'settled';
  });
  return { outcomes };
}

function openLease(core: BrokerCore, request: AckRequest, item: ReceiptItem): Lease | undefined {
  const lease = core.leases.find(item.receipt);
  if (lease === undefined || lease.isExpired || !isAscending(item.offsets)) return undefined;
  const { group, topic } = lease.group.state;
  if (group !== request.group || topic !== request.topic || lease.queue.queueId !== item.queueId) return undefined;
  return item.offsets.every((offset) => lease.indexOf(offset) >= 0 && lease.markOf(offset) === LEASED.open)
    ? lease
    : undefined;
}

function lateOutcome(core: BrokerCore, request: AckRequest, item: ReceiptItem): Outcome {
  return judgeReceipt(core, request.group, request.topic, item).outcome === 'unknown' ? 'unknown' : 'stale';
}

function beginAck(judged: Judged): void {
  if (judged.lease !== undefined) {
    for (const offset of judged.offsets) judged.lease.mark(offset, LEASED.settling);
  } else if (judged.late !== undefined) {
    for (const { from, to } of rangesOf(judged.offsets)) judged.late.queue.occupy(from, to);
  }
}

function endAck(core: BrokerCore, { lease, late, offsets }: Judged): void {
  if (late !== undefined) releaseLate(late, offsets);
  if (lease === undefined) return;
  let doneCount = 0;
  for (const offset of offsets) {
    if (lease.markOf(offset) > LEASED.settling) continue; // A racing ack of the same messages was first.
    lease.mark(offset, LEASED.settled);
    doneCount += 1;
  }
  for (const { from, to } of rangesOf(offsets)) lease.queue.release(from, to);
  finish(core, lease, doneCount);
}

function undoAck(core: BrokerCore, { lease, late, offsets }: Judged): void {
  if (late !== undefined) releaseLate(late, offsets);
  if (lease !== undefined) reopen(core, lease, offsets);
}

function releaseLate(late: LateMessages, offsets: readonly number[]): void {
  free(late.delivery, late.queue, rangesOf(offsets));
}

/** The record did not come to be: the messages are the receiver's as before, or, if the lease ran out meanwhile, expire now. */
function reopen(core: BrokerCore, lease: Lease, offsets: readonly number[]): void {
  for (const offset of offsets) if (lease.markOf(offset) === LEASED.settling) lease.mark(offset, LEASED.open);
  if (lease.isExpired) giveBackExpired(core, lease);
}

function finish(core: BrokerCore, lease: Lease, doneCount: number): void {
  lease.queue.leasedCount -= doneCount;
  if (!lease.isOver) return;
  core.deadlines.remove(lease);
  core.leases.remove(lease);
}

function refusalOrThrow(error: unknown): Refusal {
  const refusal = refusalOf(error);
  if (refusal === undefined) throw error;
  return refuse(refusal.code, refusal.message);
}
