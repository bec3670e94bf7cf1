import { endBench, forkBench } from '../child.js';
import { median } from '../statistics.js';
import type { EchoResult } from './echo-client.js';

/** Who is measured: us, Nest's own TCP transport, and bytes sent back unread (the limit of the runtime). */
export const ECHO_KINDS = ['rookery', 'nest-tcp', 'raw'] as const;

/** One of `ECHO_KINDS`. */
export type EchoKind = (typeof ECHO_KINDS)[number];

/** Medians over the rounds, for one number of calls in flight. */
export interface EchoRow {
  readonly inFlightCount: number;
  readonly byKind: Readonly<Record<EchoKind, EchoResult>>;
  /** Median over the rounds of ours divided by theirs, round by round, so that a machine that drifts does not decide. */
  readonly versusNestTcp: number;
  readonly versusRaw: number;
}

/** What to run. */
export interface EchoPlan {
  readonly inFlightCounts: readonly number[];
  readonly roundCount: number;
  readonly seconds: number;
  readonly progress: (line: string) => void;
}

/** Measures all kinds in turn, `roundCount` times over. */
export async function runEcho(plan: EchoPlan): Promise<EchoRow[]> {
  const rows: EchoRow[] = [];
  for (const inFlightCount of plan.inFlightCounts) {
    const results: Record<EchoKind, EchoResult[]> = { rookery: [], 'nest-tcp': [], raw: [] };
    for (let round = 1; round <= plan.roundCount; round += 1) {
      for (const kind of ECHO_KINDS) {
        plan.progress(`echo ${inFlightCount} in flight, round ${round}/${plan.roundCount}, ${kind}`);
        results[kind].push(await measureOnce(kind, inFlightCount, plan.seconds));
      }
    }
    rows.push(toRow(inFlightCount, results));
  }
  return rows;
}

async function measureOnce(kind: EchoKind, inFlightCount: number, seconds: number): Promise<EchoResult> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const server = await forkBench('./echo/echo-server.js', [kind, String(port)], 20_000);
  try {
    const args = [kind, String(port), String(inFlightCount), String(seconds)];
    const client = await forkBench('./echo/echo-client.js', args, seconds * 1000 + 20_000);
    return client.first as EchoResult; // The client sends nothing else.
  } finally {
    await endBench(server.process);
  }
}

function toRow(inFlightCount: number, results: Record<EchoKind, EchoResult[]>): EchoRow {
  const ratio = (other: EchoKind): number =>
    median(
      results.rookery.map((ours, round) => ours.callsPerSecond / (results[other][round]?.callsPerSecond ?? Number.NaN)),
    );
  const medians = (kind: EchoKind): EchoResult => ({
    callsPerSecond: median(results[kind].map((each) => each.callsPerSecond)),
    p50Ms: median(results[kind].map((each) => each.p50Ms)),
    p99Ms: median(results[kind].map((each) => each.p99Ms)),
  });
  return {
    inFlightCount,
    byKind: { rookery: medians('rookery'), 'nest-tcp': medians('nest-tcp'), raw: medians('raw') },
    versusNestTcp: ratio('nest-tcp'),
    versusRaw: ratio('raw'),
  };
}
