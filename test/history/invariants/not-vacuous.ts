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

/** Sends begun before a death and not ended before it: counted by two sorted lists instead of kills times sends. */
function countKillsInFlight(index: HistoryIndex): number {
  const begun = [...index.sends.values()].map(({ invokedMs }) => invokedMs).sort((a, b) => a - b);
  const ended = [...index.sends.values()].map(({ endedMs }) => endedMs).sort((a, b) => a - b);
  const before = (sorted: readonly number[], tMs: number): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] ?? 0) < tMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return index.faults.filter(({ name, tMs }) => BROKER_DEATHS.has(name) && before(begun, tMs) > before(ended, tMs))
    .length;
}
