import type { BrokerCore } from './broker-core.js';
import type { Due } from './deadlines.js';
import type { GroupDelivery } from './group-delivery.js';
import { type OffsetRange, rangesOf } from './offset-ranges.js';
import type { QueueDelivery } from './queue-delivery.js';

/** No delay is longer (12 hours), whatever a wall clock that jumped makes of it after a restart. */
const DELAY_MS_MAX = 43_200_000;

/** Keeps occupied offsets back until the monotonic instant `dueMs`, then frees them and wakes who waits. */
export function holdBack(
  core: BrokerCore,
  delivery: GroupDelivery,
  queue: QueueDelivery,
  ranges: readonly OffsetRange[],
  dueMs: number,
): void {
  const held: Due = {
    dueMs,
    heapIndex: -1,
    expire: () => free(delivery, queue, ranges),
  };
  if (dueMs <= core.clock.monotonicMs()) held.expire();
  else core.deadlines.set(held, dueMs);
}

/** Gives offsets to whoever waits, or to the next receive. */
export function free(delivery: GroupDelivery, queue: QueueDelivery, ranges: readonly OffsetRange[]): void {
  for (const { from, to } of ranges) queue.release(from, to);
  delivery.wakeParked();
}

/** After a restart: failed messages whose time has not come by the wall clock of their records stay back for the rest of it. */
export function holdBackFailures(core: BrokerCore, delivery: GroupDelivery): void {
  const wallMs = core.clock.wallMs();
  const nowMs = core.clock.monotonicMs();
  for (const queue of delivery.queues) {
    const byInstant = new Map<number, number[]>();
    for (const [offset, { visibleAtMs }] of queue.progress.failures) {
      if (visibleAtMs <= wallMs) continue;
      const offsets = byInstant.get(visibleAtMs);
      if (offsets === undefined) byInstant.set(visibleAtMs, [offset]);
      else offsets.push(offset);
    }
    for (const [visibleAtMs, offsets] of byInstant) {
      const ranges = rangesOf(offsets.sort((left, right) => left - right));
      for (const { from, to } of ranges) queue.occupy(from, to);
      holdBack(core, delivery, queue, ranges, nowMs + Math.min(DELAY_MS_MAX, visibleAtMs - wallMs));
    }
  }
}
