import type { Judgement } from './judge.js';
import type { LoadResult } from './order-load.js';

/** The table that ends the demo. */
export function summarize(load: LoadResult, { verdict, sendRecoveryMs, deliveryRecoveryMs }: Judgement): string {
  const { counts } = verdict;
  const orderCount = Object.values(load.outcomes).reduce((sum, count) => sum + count, 0);
  const lost = counts.lost.prefix + counts.lost.middle + counts.lost.postfix;
  const rows: [string, string][] = [
    ['orders placed', whole(orderCount)],
    ['  accepted (event on disk)', whole(counts.sendsOk)],
    ['  refused: sold out', whole(load.outcomes['sold-out'])],
    ['  refused: not accepted', whole(load.outcomes.failed)],
    ['  outcome unknown', `${whole(counts.sendsUnknown)} (${whole(counts.sendsRecovered)} of them were stored)`],
    ...Object.entries(counts.delivered).map(([group, count]): [string, string] => [
      `delivered to ${group}`,
      `${whole(count)}${duplicatesOf(counts.duplicates[group])}`,
    ]),
    ['lost', whole(lost)],
    ['sends in flight at the kill', counts.killsInFlight > 0 ? 'yes' : 'no'],
    ['throughput', `${whole(Math.round((orderCount / load.elapsedMs) * 1000))} orders/s, outages included`],
    ['latency of an accepted order', `p50 ${ms(at(load.latenciesMs, 0.5))}, p99 ${ms(at(load.latenciesMs, 0.99))}`],
    ['time to recover from the kill', `send ${ms(sendRecoveryMs)}, delivery ${ms(deliveryRecoveryMs)}`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
}

function duplicatesOf(reasons: Readonly<Record<string, number>> | undefined): string {
  const parts = Object.entries(reasons ?? {}).map(([reason, count]) => `${whole(count)} by ${reason}`);
  return parts.length === 0 ? ', no duplicates' : `, duplicates: ${parts.join(', ')}`;
}

function at(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function ms(value: number | undefined): string {
  return value === undefined ? 'never' : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function whole(value: number): string {
  return value.toLocaleString('en-US');
}
