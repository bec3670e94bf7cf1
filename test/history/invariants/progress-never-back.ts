import type { HistoryIndex, SlotRecord } from '../history-index.js';
import type { Violation } from '../verdict.js';

/**
 * I8: what a group acknowledged, with an ok answer, never arrives again, and its floor never falls. Judged by arrivals where the history has
 * them: a handler may be entered with a copy that was received long before somebody else's acknowledgement.
 */
export function checkProgressNeverBack(index: HistoryIndex): Violation[] {
  return [...arrivalsAfterAck(index), ...fallingFloors(index)];
}

function arrivalsAfterAck(index: HistoryIndex): Violation[] {
  const violations: Violation[] = [];
  for (const { group, topic, queueId, slots } of index.queues.values()) {
    for (const slot of slots.values()) {
      const firstAckMs = Math.min(...slot.acksOk.map(({ tMs }) => tMs));
      const late = newArrivals(slot).find(({ tMs }) => tMs > firstAckMs);
      if (late === undefined) continue;
      violations.push({
        invariant: 'I8 progress never goes back',
        message: `${group} got ${late.id} at ${topic}/${queueId}@${slot.offset} ${Math.round(late.tMs - firstAckMs)} ms after its ack was answered`,
      });
    }
  }
  return violations;
}

/** Arrivals whose receipt was not seen before: a repeated answer shows an old lease, not a new one. */
function newArrivals(slot: SlotRecord): { readonly tMs: number; readonly id: string | undefined }[] {
  const arrivals = slot.receives.length > 0 ? slot.receives : slot.delivers;
  const seen = new Set<string>();
  return [...arrivals]
    .sort((a, b) => a.tMs - b.tMs)
    .filter(({ receipt }) => {
      if (receipt === undefined) return true;
      const isNew = !seen.has(receipt);
      seen.add(receipt);
      return isNew;
    });
}

function fallingFloors(index: HistoryIndex): Violation[] {
  const violations: Violation[] = [];
  const highest = new Map<string, number>();
  for (const { queue, floor } of [...index.progress].sort((a, b) => a.tMs - b.tMs)) {
    const before = highest.get(queue) ?? 0;
    if (floor < before) {
      violations.push({
        invariant: 'I8 progress never goes back',
        message: `floor of ${queue}: ${before}, then ${floor}`,
      });
    }
    highest.set(queue, Math.max(before, floor));
  }
  return violations;
}
