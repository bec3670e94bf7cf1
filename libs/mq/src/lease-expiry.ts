import type { BrokerCore } from './broker-core.js';
import { free } from './hold-back.js';
import { LEASED, type Lease } from './lease.js';
import { rangesOf } from './offset-ranges.js';

/** Pause before a record that the full disk did not take is tried again. */
const RETRY_MS = 1000;

/**
 * The lease ran out: what is still open counts as a failed delivery, and is free again once the record of it is durable (the attempt count
 * must not be lost). Until then nobody has it.
 */
export function giveBackExpired(core: BrokerCore, lease: Lease): void {
  const offsets = lease.openOffsets();
  for (const offset of offsets) lease.mark(offset, LEASED.returned);
  lease.queue.leasedCount -= offsets.length;
  if (lease.isOver) core.leases.remove(lease);
  if (offsets.length > 0) recordFailure(core, lease, offsets);
}

function recordFailure(core: BrokerCore, lease: Lease, offsets: readonly number[]): void {
  const { group, topic } = lease.group.state;
  const ranges = rangesOf(offsets);
  const queues = [{ queueId: lease.queue.queueId, ranges }];
  core.log.append({ kind: 'failed', group, topic, visibleAtMs: 0, queues }).then(
    () => free(lease.group, lease.queue, ranges),
    (error: unknown) => {
      core.logger.warn('an expired lease was not recorded', { group, topic, error: String(error) });
      if (core.phase === 'closed') return;
      core.deadlines.set(
        { dueMs: 0, heapIndex: -1, expire: () => recordFailure(core, lease, offsets) },
        core.clock.monotonicMs() + RETRY_MS,
      );
    },
  );
}
