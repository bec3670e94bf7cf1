import type { LeasedRun, ReceiveAnswer, ReceiveRequest } from '#mq-protocol';
import { invariant } from '#platform';
import type { BrokerCore } from './broker-core.js';
import type { GroupDelivery, Taken } from './group-delivery.js';
import { free } from './hold-back.js';
import { Lease } from './lease.js';
import { giveBackExpired } from './lease-expiry.js';
import type { OffsetRange } from './offset-ranges.js';
import { endWait, park } from './park.js';
import { type ReadRun, readRanges } from './read-lease.js';
import { encodeReceipt, type LeasedSpan } from './receipt.js';
import { isRefused, type Refusal, refuse } from './refusals.js';
import { repeatAttempt } from './repeat-attempt.js';
import { ensureGroup } from './topics.js';

const EMPTY: ReceiveAnswer = { runs: [] };

/**
 * Leases messages: take offsets (at once, so that nobody else can) -> read them -> lease what was read, give back the rest.
 * Parks the request for up to `waitMs` while there is nothing. `signal` gives everything back that is not answered yet.
 * @throws {StoreError} what reading throws; nothing is leased then.
 */
export async function receiveMessages(
  core: BrokerCore,
  request: ReceiveRequest,
  signal: AbortSignal,
): Promise<ReceiveAnswer | Refusal> {
  if (core.phase !== 'serving') return refuse('draining', 'the broker is closing');
  const startMs = core.clock.monotonicMs();
  const delivery = await ensureGroup(core, request);
  if (isRefused(delivery)) return delivery;
  if (request.queueId >= delivery.queues.length) {
    return refuse('unknown-queue', `${request.topic} has ${delivery.queues.length} queues`);
  }
  // More than this no answer can carry; what a receiver may ask for is a matter of its own memory.
  const bytesMax = Math.min(request.bytesMax, core.options.receiveBytesMax);
  const serve = () => serveAttempt(core, delivery, { ...request, bytesMax }, startMs + request.waitMs, signal);
  return afterEarlier(core, delivery, request, serve);
}

/**
 * Serves one attempt at a time: a repeat ends the wait of the one before, whose connection is gone though nobody noticed yet, or waits until that
 * has read, and then gets the same batch.
 */
async function afterEarlier<Answer>(
  core: BrokerCore,
  delivery: GroupDelivery,
  request: ReceiveRequest,
  serve: () => Promise<Answer>,
): Promise<Answer> {
  const key = attemptKeyOf(request);
  for (let earlier = core.receiving.get(key); earlier !== undefined; earlier = core.receiving.get(key)) {
    endWait(delivery, request.attemptId);
    await earlier;
  }
  let finished = () => {};
  const served = new Promise<void>((resolve) => {
    finished = resolve;
  });
  core.receiving.set(key, served);
  try {
    return await serve();
  } finally {
    core.receiving.delete(key);
    finished();
  }
}

async function serveAttempt(
  core: BrokerCore,
  delivery: GroupDelivery,
  request: ReceiveRequest,
  dueMs: number,
  signal: AbortSignal,
): Promise<ReceiveAnswer | Refusal> {
  const repeated = await repeatAttempt(core, delivery, request);
  if (repeated !== undefined) return repeated;
  for (;;) {
    const taken = await takeOrWait(core, delivery, request, dueMs, signal);
    if (isRefused(taken)) return taken;
    if (taken.length === 0) return EMPTY;
    const answer = await leaseTaken(core, delivery, request, taken, signal);
    // Nothing could be read of what was taken: retention was faster. The floor is past it now, so this ends.
    if (answer !== 'gone') return answer;
  }
}

async function takeOrWait(
  core: BrokerCore,
  delivery: GroupDelivery,
  request: ReceiveRequest,
  dueMs: number,
  signal: AbortSignal,
): Promise<readonly Taken[] | Refusal> {
  if (signal.aborted) return [];
  const taken = delivery.take(request);
  if (taken.length > 0 || core.phase !== 'serving' || dueMs <= core.clock.monotonicMs()) return taken;
  if (core.parkedCount >= core.options.parkedReceiveCountMax) {
    return refuse('overloaded', `${core.parkedCount} receives are waiting already`);
  }
  return park(core, delivery, request, dueMs, signal);
}

async function leaseTaken(
  core: BrokerCore,
  delivery: GroupDelivery,
  request: ReceiveRequest,
  taken: readonly Taken[],
  signal: AbortSignal,
): Promise<ReceiveAnswer | 'gone'> {
  const runs: LeasedRun[] = [];
  const leases: Lease[] = [];
  const held = new Set(taken);
  let leftBytes = request.bytesMax;
  let isGone = false;
  try {
    for (const part of taken) {
      if (leftBytes <= 0 || signal.aborted) break;
      const limit = { bytesMax: leftBytes, mustFit: runs.length > 0 };
      const read = await readRanges(core.store, request.topic, part.queue, part.spans, limit);
      leftBytes -= read.sizeBytes;
      if (read.goneBelow > 0) {
        isGone = true;
        await skipGone(core, delivery, part, read.goneBelow);
      }
      const spans = below(part.spans, read.coveredTo);
      if (spans.length === 0) continue;
      held.delete(part);
      giveBack(delivery, part, read.coveredTo);
      const lease = newLease(core, delivery, part, spans);
      leases.push(lease);
      runs.push(runOf(lease, read));
    }
  } catch (error) {
    for (const lease of leases) free(delivery, lease.queue, lease.spans);
    throw error;
  } finally {
    for (const part of held) free(delivery, part.queue, part.spans);
  }
  if (signal.aborted) {
    for (const lease of leases) free(delivery, lease.queue, lease.spans);
    return EMPTY;
  }
  begin(core, request, leases);
  return runs.length === 0 && isGone ? 'gone' : { runs };
}

/** The leases start now, when their messages are about to leave; reading is not held against the receiver. */
function begin(core: BrokerCore, request: ReceiveRequest, leases: readonly Lease[]): void {
  if (leases.length === 0) return;
  core.leases.add(attemptKeyOf(request), leases);
  const dueMs = core.clock.monotonicMs() + request.visibilityMs;
  for (const lease of leases) {
    lease.queue.leasedCount += lease.count;
    core.deadlines.set(lease, dueMs);
  }
}

/** Names an attempt across groups. */
export function attemptKeyOf(request: ReceiveRequest): string {
  return `${request.group}/${request.topic}/${request.attemptId}`;
}

function newLease(core: BrokerCore, delivery: GroupDelivery, part: Taken, spans: readonly LeasedSpan[]): Lease {
  const { group, topic } = delivery.state;
  const key = core.state.current.receiptKey;
  invariant(key !== undefined, 'the record of the receipt key precedes that of the first group');
  const lease = new Lease(delivery, part.queue, spans, (expired) => giveBackExpired(core, expired));
  const { epoch } = core.store;
  const { queueId } = part.queue;
  lease.receipt = encodeReceipt(key, group, topic, { epoch, leaseNumber: core.leases.nextNumber(), queueId, spans });
  return lease;
}

function runOf(lease: Lease, read: ReadRun): LeasedRun {
  const offsets: number[] = [];
  const attempts: number[] = [];
  for (const { from, to, attempt } of lease.spans) {
    for (let offset = from; offset < to; offset++) {
      offsets.push(offset);
      attempts.push(attempt);
    }
  }
  const { sets, storedAtMs } = read;
  return { queueId: lease.queue.queueId, receipt: lease.receipt, offsets, attempts, sets, storedAtMs };
}

/** Deleted messages are recorded as done, so that the floor moves over them for good. */
async function skipGone(core: BrokerCore, delivery: GroupDelivery, part: Taken, goneBelow: number): Promise<void> {
  const { group, topic } = delivery.state;
  const { queueId, progress } = part.queue;
  if (goneBelow <= progress.floor) return;
  core.logger.warn('messages were deleted by retention before the group read them', {
    group,
    topic,
    queueId,
    fromOffset: progress.floor,
    toOffset: goneBelow,
  });
  const ranges = [{ from: progress.floor, to: goneBelow }];
  await core.log.append({ kind: 'acked', group, topic, queues: [{ queueId, ranges }] });
}

function below(spans: readonly LeasedSpan[], limit: number): LeasedSpan[] {
  return spans.filter(({ from }) => from < limit).map((span) => ({ ...span, to: Math.min(span.to, limit) }));
}

function giveBack(delivery: GroupDelivery, part: Taken, from: number): void {
  const rest: OffsetRange[] = part.spans
    .filter(({ to }) => to > from)
    .map((span) => ({ from: Math.max(span.from, from), to: span.to }));
  if (rest.length > 0) free(delivery, part.queue, rest);
}
