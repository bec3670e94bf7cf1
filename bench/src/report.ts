import type { EchoRow } from './echo/run-echo.js';
import type { Machine } from './machine.js';
import type { QueueRow } from './queue/run-queue.js';

/** Everything one run of the bench found; `--json` prints it as it is. */
export interface BenchReport {
  readonly takenAt: string;
  readonly machine: Machine;
  readonly echo: readonly EchoRow[];
  readonly queue: readonly QueueRow[];
}

const thousands = (value: number): string => `${(value / 1000).toFixed(1)} k/s`;
const milliseconds = (value: number): string => `${value.toFixed(2)} ms`;
const times = (value: number): string => `${value.toFixed(2)}x`;

/** The report as text for a person. */
export function formatReport(report: BenchReport): string {
  const { cpu, coreCount, memoryGiB, system, node } = report.machine;
  return [
    `${cpu}, ${coreCount} cores, ${memoryGiB} GiB, ${system}, Node ${node}`,
    ...echoLines(report.echo),
    ...queueLines(report.queue),
  ].join('\n');
}

function echoLines(rows: readonly EchoRow[]): string[] {
  if (rows.length === 0) return [];
  const header = ['in flight', 'Rookery', 'p50', 'p99', 'Nest TCP', 'p50', 'p99', 'raw echo', 'vs Nest TCP', 'of raw'];
  const body = rows.map(({ inFlightCount, byKind, versusNestTcp, versusRaw }) => [
    String(inFlightCount),
    thousands(byKind.rookery.callsPerSecond),
    milliseconds(byKind.rookery.p50Ms),
    milliseconds(byKind.rookery.p99Ms),
    thousands(byKind['nest-tcp'].callsPerSecond),
    milliseconds(byKind['nest-tcp'].p50Ms),
    milliseconds(byKind['nest-tcp'].p99Ms),
    thousands(byKind.raw.callsPerSecond),
    times(versusNestTcp),
    times(versusRaw),
  ]);
  return ['', 'RPC echo of a 100-byte object: ClientProxy.send -> @MessagePattern', ...table([header, ...body])];
}

function queueLines(rows: readonly QueueRow[]): string[] {
  if (rows.length === 0) return [];
  const header = [
    '1 KB sends in flight',
    'acked after fsync',
    'p50',
    'p99',
    'MB/s',
    'disk limit',
    'of disk',
    'drain with acks',
  ];
  const body = rows.map((row) => [
    String(row.inFlightCount),
    thousands(row.sendsPerSecond),
    milliseconds(row.p50Ms),
    milliseconds(row.p99Ms),
    row.megabytesPerSecond.toFixed(0),
    `${row.diskMegabytesPerSecond.toFixed(0)} MB/s`,
    times(row.versusDisk),
    thousands(row.drainedPerSecond),
  ]);
  return [
    '',
    'Durable queue: 1 KB messages, each answered after its bytes are on the disk',
    ...table([header, ...body]),
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '));
}
