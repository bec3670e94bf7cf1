import { BROKER_DEATHS, CONSUMER_DEATHS, type Expectations } from '../expectations.js';
import type { GroupEvent, GroupQueue, HistoryIndex, SlotRecord } from '../history-index.js';
import type { RunCounts, Violation } from '../verdict.js';

type Explained = Record<string, Record<string, number>>;

/**
 * I6: a message arrives again only for a reason that stands in the histories: the broker died and forgot its leases, the lease ran out, the
 * consumer gave it back or died, or the sender never learned the outcome of its send and stored it twice. Each death explains at most what was in flight.
 */
export function checkDuplicatesExplained(
  index: HistoryIndex,
  expectations: Expectations,
): { violations: Violation[]; duplicates: RunCounts['duplicates'] } {
  const violations: Violation[] = [];
  const duplicates: Explained = {};
  const firstPlace = new Map<string, string>();
  for (const queue of index.queues.values()) {
    for (const slot of queue.slots.values()) {
      const at = `${queue.topic}/${queue.queueId}@${slot.offset}`;
      const reasons = [
        ...againAtSlot(slot, index, expectations),
        ...againElsewhere(queue, slot, index, firstPlace, at),
      ];
      for (const { reason, id } of reasons) {
        count(duplicates, queue.group, reason);
        if (reason !== 'unexplained') continue;
        violations.push({ invariant: 'I6 duplicates explained', message: `${queue.group} got ${id} again at ${at}` });
      }
    }
  }
  return { violations: [...violations, ...aboveBound(duplicates, index, expectations)], duplicates };
}

function againAtSlot(slot: SlotRecord, index: HistoryIndex, expectations: Expectations): Reason[] {
  const arrivals = arrivalsOf(slot);
  const reasons: Reason[] = [];
  for (let at = 1; at < arrivals.length; at += 1) {
    const earlier = arrivals[at - 1];
    const later = arrivals[at];
    if (earlier === undefined || later === undefined) continue;
    reasons.push({ reason: explain(earlier, later, slot, index, expectations.leaseMs), id: later.id ?? '?' });
  }
  return reasons;
}

interface Reason {
  readonly reason: string;
  readonly id: string;
}

/** The arrivals with a lease where the history has them, else the handlers entered. */
function arrivalsOf(slot: SlotRecord): GroupEvent[] {
  const arrivals = slot.receives.length > 0 ? slot.receives : slot.delivers;
  return [...arrivals].sort((a, b) => a.tMs - b.tMs);
}

function explain(
  earlier: GroupEvent,
  later: GroupEvent,
  slot: SlotRecord,
  index: HistoryIndex,
  leaseMs: number,
): string {
  if (slot.nacks.some(({ tMs }) => tMs >= earlier.tMs && tMs <= later.tMs)) return 'nack';
  // The same receipt again: the answer to a receive was repeated, not the lease.
  if (earlier.receipt !== undefined && earlier.receipt === later.receipt) return 'repeated answer';
  const between = index.faults.filter(({ tMs }) => tMs <= later.tMs && tMs >= earlier.tMs - leaseMs);
  if (between.some(({ name, tMs }) => BROKER_DEATHS.has(name) && isPossible(slot, tMs, earlier))) return 'broker death';
  if (between.some(({ name, tMs }) => CONSUMER_DEATHS.has(name) && tMs >= earlier.tMs)) return 'consumer death';
  return later.tMs - earlier.tMs >= leaseMs ? 'lease expiry' : 'unexplained';
}

/** With arrival times known, only a death after the arrival counts; a handler may have been entered long after it. */
function isPossible(slot: SlotRecord, deathMs: number, earlier: GroupEvent): boolean {
  return slot.receives.length === 0 || deathMs >= earlier.tMs - DEATH_NOTICE_MS;
}

/** An answer on its way when the broker dies is read a moment later. */
const DEATH_NOTICE_MS = 250;

/** The same message at a second offset: only a send whose outcome was in doubt may be stored twice. */
function againElsewhere(
  queue: GroupQueue,
  slot: SlotRecord,
  index: HistoryIndex,
  firstPlace: Map<string, string>,
  at: string,
): Reason[] {
  const id = arrivalsOf(slot)[0]?.id;
  if (id === undefined) return [];
  const name = `${queue.group} ${id}`;
  const first = firstPlace.get(name);
  if (first === undefined) firstPlace.set(name, at);
  if (first === undefined || first === at) return [];
  const send = index.sends.get(id);
  if (send === undefined) return []; // A phantom, which I2 reports.
  const isDoubtful = send.outcome === 'info' || diedBetween(index, send.invokedMs, send.endedMs);
  return [{ reason: isDoubtful ? 'unknown send' : 'unexplained', id }];
}

function diedBetween(index: HistoryIndex, fromMs: number, toMs: number): boolean {
  return index.faults.some(({ name, tMs }) => BROKER_DEATHS.has(name) && tMs >= fromMs && tMs <= toMs);
}

function aboveBound(duplicates: Explained, index: HistoryIndex, { inFlightCountMax }: Expectations): Violation[] {
  const deaths = index.faults.filter(({ name }) => BROKER_DEATHS.has(name)).length;
  return Object.entries(duplicates).flatMap(([group, reasons]) => {
    const found = reasons['broker death'] ?? 0;
    if (found <= deaths * inFlightCountMax) return [];
    const message = `${group}: ${found} duplicates by ${deaths} deaths with at most ${inFlightCountMax} in flight`;
    return [{ invariant: 'I6 duplicates explained' as const, message }];
  });
}

function count(duplicates: Explained, group: string, reason: string): void {
  const reasons = duplicates[group] ?? {};
  reasons[reason] = (reasons[reason] ?? 0) + 1;
  duplicates[group] = reasons;
}
