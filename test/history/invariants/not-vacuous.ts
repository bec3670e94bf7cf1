import { BROKER_DEATHS, type Expectations } from '../expectations.js';
import type { HistoryIndex } from '../history-index.js';
import type { Violation } from '../verdict.js';

/** I16: enough was sent, every planned fault fired, the kills met work in flight. Otherwise nothing is proven. */
export function checkNotVacuous(
  index: HistoryIndex,
  expectations: Expectations,
): { violations: Violation[]; killsInFlight: number } {
  const problems: string[] = [];
  const sends = [...index.sends.values()];
  const okCount = sends.filter(({ outcome }) => outcome === 'ok').length;
  if (okCount < expectations.sendsOkMin) problems.push(`${okCount} sends ok, ${expectations.sendsOkMin} needed`);
  if (okCount < sends.length * expectations.okShareMin) problems.push(`${okCount} of ${sends.length} sends ok`);
  for (const [name, planned] of Object.entries(expectations.plannedFaults)) {
    const fired = index.faults.filter((fault) => fault.name === name).length;
    if (fired < planned) problems.push(`${name} fired ${fired} times, ${planned} planned`);
  }
  const killsInFlight = countKillsInFlight(index);
  if (killsInFlight < expectations.killsInFlightMin) {
    problems.push(`${killsInFlight} kills met a send in flight, ${expectations.killsInFlightMin} needed`);
  }
  return { violations: problems.map((message) => ({ invariant: 'I16 not vacuous', message })), killsInFlight };
}

/** I15: each group reported that nothing is left. Without it a missing message may only be late. */
export function checkDrained(index: HistoryIndex, expectations: Expectations): Violation[] {
  return expectations.groups
    .filter(({ group }) => !index.drainedGroups.has(group))
    .map(({ group }) => ({ invariant: 'I15 drained', message: `${group} never reported that nothing is left` }));
}

/**
 * Deaths that met a send in flight: begun before the death began and not ended by then, or ended by it without an answer and delivered all
 * the same, so the broker had it. Counted by sorted lists instead of deaths times sends.
 */
function countKillsInFlight(index: HistoryIndex): number {
  const sends = [...index.sends.values()];
  const delivered = deliveredIds(index);
  const unanswered = sends.filter(({ outcome, id }) => outcome === 'info' && delivered.has(id));
  const begun = sends.map(({ invokedMs }) => invokedMs).sort((a, b) => a - b);
  const ended = sends.map(({ endedMs }) => endedMs).sort((a, b) => a - b);
  return index.faults.filter(({ name, tMs, endMs }) => {
    if (!BROKER_DEATHS.has(name)) return false;
    if (countBelow(begun, tMs) > countBelow(ended, tMs)) return true;
    return unanswered.some((send) => send.invokedMs <= endMs && send.endedMs >= tMs);
  }).length;
}

function deliveredIds(index: HistoryIndex): Set<string | undefined> {
  const ids = new Set<string | undefined>();
  for (const { slots } of index.queues.values()) {
    for (const { receives, delivers } of slots.values()) for (const { id } of [...receives, ...delivers]) ids.add(id);
  }
  return ids;
}

function countBelow(sorted: readonly number[], tMs: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < tMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
