import { join } from 'node:path';
import { checkHistory } from '../../../../test/history/check-history.js';
import type { HistoryEvent } from '../../../../test/history/history-event.js';
import { readHistories } from '../../../../test/history/read-history.js';
import type { Verdict } from '../../../../test/history/verdict.js';

/** The verdict of the history checker, and how long the kill of the broker was felt. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Ms from the broker's kill to the next acknowledged send, and to the next delivery to any consumer. Undefined: there was none. */
  readonly sendRecoveryMs: number | undefined;
  readonly deliveryRecoveryMs: number | undefined;
}

/** The groups of the demo; each must get every acknowledged order. */
export const GROUPS = ['points', 'audit'] as const;

/** Longest lease of a consumer of the demo, in ms: the default of the queue's consumers. */
const LEASE_MS = 30_000;
/** Two consumers of a group, each with its prefetch of 256 messages and 64 handlers. */
const IN_FLIGHT_COUNT_MAX = 2 * (256 + 64);

/** Judges the run by what the clients wrote; the broker is not asked. */
export function judgeRun(runDirectory: string, orderCount: number): Judgement {
  const events = [...readHistories(join(runDirectory, 'history'))];
  const verdict = checkHistory(events, {
    groups: GROUPS.map((group) => ({ group, topic: 'orders' })),
    leaseMs: LEASE_MS,
    sendsOkMin: Math.floor(orderCount * 0.9),
    okShareMin: 0.9,
    plannedFaults: { 'broker-kill': 1, 'broker-start': 1, 'inventory-kill': 1, 'inventory-start': 1 },
    killsInFlightMin: 1,
    order: 'completed',
    inFlightCountMax: IN_FLIGHT_COUNT_MAX,
  });
  const killedMs = events.find(
    ({ op, fault, phase }) => op === 'fault' && fault === 'broker-kill' && phase === 'ok',
  )?.tMonoMs;
  return {
    verdict,
    sendRecoveryMs: firstAfter(events, killedMs, ({ op, phase }) => op === 'send' && phase === 'ok'),
    deliveryRecoveryMs: firstAfter(events, killedMs, ({ op }) => op === 'deliver'),
  };
}

/** Ms from `fromMs` to the first such event that is later; deliveries of what was fetched before the kill end within the first moment. */
function firstAfter(
  events: readonly HistoryEvent[],
  fromMs: number | undefined,
  isWanted: (event: HistoryEvent) => boolean,
): number | undefined {
  if (fromMs === undefined) return undefined;
  const startMs = events.find(
    ({ op, fault, phase }) => op === 'fault' && fault === 'broker-start' && phase === 'invoke',
  )?.tMonoMs;
  let first: number | undefined;
  for (const event of events) {
    if (event.tMonoMs <= Math.max(fromMs, (startMs ?? fromMs) + MOMENT_MS) || !isWanted(event)) continue;
    if (first === undefined || event.tMonoMs < first) first = event.tMonoMs;
  }
  return first === undefined ? undefined : first - fromMs;
}

const MOMENT_MS = 50;
