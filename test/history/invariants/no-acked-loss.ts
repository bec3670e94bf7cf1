import type { Expectations } from '../expectations.js';
import type { GroupQueue, HistoryIndex, SendRecord } from '../history-index.js';
import type { RunCounts, Violation } from '../verdict.js';

/** I1: every acknowledged message is delivered at least once to each group that existed. Split by where in its queue a message is missing. */
export function checkNoAckedLoss(
  index: HistoryIndex,
  expectations: Expectations,
): { violations: Violation[]; lost: RunCounts['lost'] } {
  const violations: Violation[] = [];
  const lost = { prefix: 0, middle: 0, postfix: 0 };
  for (const { group, topic } of expectations.groups) {
    const seen = deliveredOf(index, group, topic);
    for (const send of index.sends.values()) {
      if (send.outcome !== 'ok' || send.topic !== topic || seen.ids.has(send.id)) continue;
      const where = placeOf(send, seen.ranges.get(send.queueId));
      lost[where] += 1;
      const at = `${topic}/${send.queueId}@${send.offset}`;
      violations.push({ invariant: 'I1 no acked loss', message: `${group} never got ${send.id} (${at}, ${where})` });
    }
  }
  return { violations, lost };
}

interface Delivered {
  readonly ids: Set<string>;
  /** Lowest and highest delivered offset by queue. */
  readonly ranges: Map<number, { lowest: number; highest: number }>;
}

function deliveredOf(index: HistoryIndex, group: string, topic: string): Delivered {
  const ids = new Set<string>();
  const ranges = new Map<number, { lowest: number; highest: number }>();
  for (const queue of index.queues.values()) {
    if (queue.group === group && queue.topic === topic) gather(queue, ids, ranges);
  }
  return { ids, ranges };
}

function gather(queue: GroupQueue, ids: Set<string>, ranges: Delivered['ranges']): void {
  for (const { offset, delivers } of queue.slots.values()) {
    if (delivers.length === 0) continue;
    for (const { id } of delivers) if (id !== undefined) ids.add(id);
    const range = ranges.get(queue.queueId);
    if (range === undefined) ranges.set(queue.queueId, { lowest: offset, highest: offset });
    else {
      range.lowest = Math.min(range.lowest, offset);
      range.highest = Math.max(range.highest, offset);
    }
  }
}

function placeOf(send: SendRecord, range: { lowest: number; highest: number } | undefined): keyof RunCounts['lost'] {
  if (range === undefined || send.offset > range.highest) return 'postfix';
  return send.offset < range.lowest ? 'prefix' : 'middle';
}
