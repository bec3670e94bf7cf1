import type { Expectations } from './expectations.js';
import type { HistoryEvent } from './history-event.js';
import { type HistoryIndex, indexHistory } from './history-index.js';
import { checkDeliveredWasSent } from './invariants/delivered-was-sent.js';
import { checkDuplicatesExplained } from './invariants/explained-duplicates.js';
import { checkNoAckedLoss } from './invariants/no-acked-loss.js';
import { checkDrained, checkNotVacuous } from './invariants/not-vacuous.js';
import { checkOneValuePerOffset } from './invariants/one-value-per-offset.js';
import { checkProducerOrder } from './invariants/producer-order.js';
import { checkProgressNeverBack } from './invariants/progress-never-back.js';
import type { RunCounts, Verdict, Violation } from './verdict.js';

const FIRST_COUNT = 5;

/**
 * Judges the histories of a run, all of them together. O(n log n) in events, all in memory: a million events take a few seconds.
 * Statements and numbers: reference/reliability.md C3.
 */
export function checkHistory(events: Iterable<HistoryEvent>, expectations: Expectations): Verdict {
  const index = indexHistory(events);
  const loss = checkNoAckedLoss(index, expectations);
  const again = checkDuplicatesExplained(index, expectations);
  const vacuity = checkNotVacuous(index, expectations);
  const violations = [
    ...loss.violations,
    ...checkDeliveredWasSent(index),
    ...checkOneValuePerOffset(index),
    ...checkProducerOrder(index, expectations),
    ...again.violations,
    ...checkProgressNeverBack(index),
    ...checkDrained(index, expectations),
  ];
  const status = violations.length > 0 ? 'fail' : vacuity.violations.length > 0 ? 'unknown' : 'pass';
  const counts = countRun(index, loss.lost, again.duplicates, vacuity.killsInFlight);
  return { status, findings: summarize([...violations, ...vacuity.violations]), counts };
}

/** The verdict in lines for a terminal. */
export function describeVerdict(verdict: Verdict): string {
  const { counts } = verdict;
  const lines = [
    `verdict ${verdict.status}: ${counts.sendsOk} sends ok, ${counts.sendsFailed} refused, ${counts.sendsUnknown} unknown ` +
      `(${counts.sendsRecovered} of them delivered); faults ${JSON.stringify(counts.faults)}, ${counts.killsInFlight} with a send in flight`,
  ];
  for (const [group, delivered] of Object.entries(counts.delivered)) {
    lines.push(`  ${group}: ${delivered} delivered, duplicates ${JSON.stringify(counts.duplicates[group] ?? {})}`);
  }
  for (const [invariant, finding] of Object.entries(verdict.findings)) {
    lines.push(`  ${invariant}: ${finding.count}`, ...finding.first.map((message) => `    ${message}`));
  }
  return lines.join('\n');
}

function summarize(violations: readonly Violation[]): Verdict['findings'] {
  const findings: Record<string, { count: number; first: string[] }> = {};
  for (const { invariant, message } of violations) {
    const finding = findings[invariant] ?? { count: 0, first: [] };
    finding.count += 1;
    if (finding.first.length < FIRST_COUNT) finding.first.push(message);
    findings[invariant] = finding;
  }
  return findings;
}

function countRun(
  index: HistoryIndex,
  lost: RunCounts['lost'],
  duplicates: RunCounts['duplicates'],
  killsInFlight: number,
): RunCounts {
  const outcomes = { ok: 0, fail: 0, info: 0 };
  const everDelivered = new Set<string>();
  const delivered = deliveredByGroup(index, everDelivered);
  let sendsRecovered = 0;
  for (const { id, outcome } of index.sends.values()) {
    outcomes[outcome] += 1;
    if (outcome === 'info' && everDelivered.has(id)) sendsRecovered += 1;
  }
  const faults: Record<string, number> = {};
  for (const { name } of index.faults) faults[name] = (faults[name] ?? 0) + 1;
  return {
    events: index.eventCount,
    sendsOk: outcomes.ok,
    sendsFailed: outcomes.fail,
    sendsUnknown: outcomes.info,
    sendsRecovered,
    delivered,
    duplicates,
    lost,
    faults,
    killsInFlight,
  };
}

function deliveredByGroup(index: HistoryIndex, everDelivered: Set<string>): Record<string, number> {
  const byGroup = new Map<string, Set<string>>();
  for (const { group, slots } of index.queues.values()) {
    const ids = byGroup.get(group) ?? new Set<string>();
    byGroup.set(group, ids);
    for (const { delivers } of slots.values()) {
      for (const { id } of delivers) {
        if (id === undefined) continue;
        ids.add(id);
        everDelivered.add(id);
      }
    }
  }
  return Object.fromEntries([...byGroup].map(([group, ids]) => [group, ids.size]));
}
