import type { LeasedRun, ReceiveAnswer, ReceiveRequest } from '#mq-protocol';
import type { BrokerCore } from './broker-core.js';
import type { GroupDelivery } from './group-delivery.js';
import { rangesOf } from './offset-ranges.js';
import { readRanges } from './read-lease.js';

/**
 * The answer of a receive whose attempt id was served before: the same messages under the same receipts, as far as they are still the
 * receiver's. Undefined when there are none: then the request is a new one. The leases live as long as the repeat asks for, because the receiver counts
 * from its answer.
 */
export async function repeatAttempt(
  core: BrokerCore,
  delivery: GroupDelivery,
  request: ReceiveRequest,
): Promise<ReceiveAnswer | undefined> {
  const attempt = core.leases.attempt(`${request.group}/${request.topic}/${request.attemptId}`);
  if (attempt === undefined) return undefined;
  const runs: LeasedRun[] = [];
  for (const lease of attempt.leases) {
    const offsets = lease.openOffsets();
    if (lease.group !== delivery || offsets.length === 0) continue;
    // No limit in bytes: the batch fitted once.
    const limit = { bytesMax: Number.MAX_SAFE_INTEGER, mustFit: false };
    const read = await readRanges(core.store, request.topic, lease.queue, rangesOf(offsets), limit);
    // Looked at again, as the lease may have run out during the read.
    const served = lease.openOffsets().filter((offset) => offset < read.coveredTo);
    if (served.length === 0) continue;
    const dueMs = core.clock.monotonicMs() + request.visibilityMs;
    if (dueMs > lease.dueMs) core.deadlines.set(lease, dueMs);
    const attempts = served.map((offset) => lease.attemptOf(offset));
    const { sets, storedAtMs } = read;
    runs.push({ queueId: lease.queue.queueId, receipt: lease.receipt, offsets: served, attempts, sets, storedAtMs });
  }
  return runs.length === 0 ? undefined : { runs };
}
