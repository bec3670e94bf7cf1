import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endBench, forkBench, startBroker } from '../child.js';
import { median } from '../statistics.js';
import { measureDiskLimit } from './disk-limit.js';
import type { QueueResult } from './queue-client.js';

/** Medians over the rounds for one number of sends in flight. */
export interface QueueRow extends QueueResult {
  readonly inFlightCount: number;
  readonly diskMegabytesPerSecond: number;
  readonly diskSyncedWritesPerSecond: number;
  /** Median over the rounds of our bytes a second divided by the disk's. */
  readonly versusDisk: number;
}

/** What to run. `directory`: where the store and the disk limit are measured. */
export interface QueuePlan {
  readonly inFlightCounts: readonly number[];
  readonly roundCount: number;
  readonly seconds: number;
  readonly directory: string;
  readonly progress: (line: string) => void;
}

interface Round {
  readonly result: QueueResult;
  readonly diskMegabytesPerSecond: number;
  readonly diskSyncedWritesPerSecond: number;
}

/** Measures the disk and then the broker on it, `roundCount` times for each count in flight. */
export async function runQueue(plan: QueuePlan): Promise<QueueRow[]> {
  const rows: QueueRow[] = [];
  for (const inFlightCount of plan.inFlightCounts) {
    const rounds: Round[] = [];
    for (let round = 1; round <= plan.roundCount; round += 1) {
      plan.progress(`queue ${inFlightCount} in flight, round ${round}/${plan.roundCount}`);
      const disk = await measureDiskLimit(plan.directory, Math.min(2, plan.seconds));
      const result = await measureBroker(plan, inFlightCount);
      rounds.push({
        result,
        diskMegabytesPerSecond: disk.megabytesPerSecond,
        diskSyncedWritesPerSecond: disk.syncedWritesPerSecond,
      });
    }
    rows.push(toRow(inFlightCount, rounds));
  }
  return rows;
}

async function measureBroker(plan: QueuePlan, inFlightCount: number): Promise<QueueResult> {
  const dataDir = await mkdtemp(join(plan.directory, 'rookery-bench-'));
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  try {
    const broker = await startBroker(dataDir, port);
    try {
      const args = [String(port), String(inFlightCount), String(plan.seconds)];
      const client = await forkBench('./queue/queue-client.js', args, plan.seconds * 5_000 + 60_000);
      return client.first as QueueResult; // The client sends nothing else.
    } finally {
      await endBench(broker);
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function toRow(inFlightCount: number, rounds: readonly Round[]): QueueRow {
  const middle = (of: (round: Round) => number): number => median(rounds.map(of));
  return {
    inFlightCount,
    sendsPerSecond: middle((round) => round.result.sendsPerSecond),
    megabytesPerSecond: middle((round) => round.result.megabytesPerSecond),
    p50Ms: middle((round) => round.result.p50Ms),
    p99Ms: middle((round) => round.result.p99Ms),
    drainedPerSecond: middle((round) => round.result.drainedPerSecond),
    diskMegabytesPerSecond: middle((round) => round.diskMegabytesPerSecond),
    diskSyncedWritesPerSecond: middle((round) => round.diskSyncedWritesPerSecond),
    versusDisk: middle((round) => round.result.megabytesPerSecond / round.diskMegabytesPerSecond),
  };
}
