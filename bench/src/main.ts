import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runEcho } from './echo/run-echo.js';
import { describeMachine } from './machine.js';
import { runQueue } from './queue/run-queue.js';
import { type BenchReport, formatReport } from './report.js';

const USAGE = `Usage: npm run bench -- [echo] [queue] [options]

Measures Rookery, its peers and the physical limits side by side, in one run, as medians of paired rounds.

  echo               RPC: Rookery, Nest TCP and a raw echo, 1 / 64 / 512 calls in flight
  queue              durable 1 KB sends and draining against the disk, 1 / 64 / 1024 in flight
  (neither: both)

  --rounds N         rounds of each measurement (3)
  --seconds N        seconds of each measurement (4)
  --directory PATH   where the broker's data and the disk limit are measured (the system's temporary folder)
  --save             also write the report to bench/results/
  --json             print the report as JSON
  --help
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    directory: { type: 'string', default: tmpdir() },
    save: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const [roundCount, seconds] = [Number(values.rounds), Number(values.seconds)];
const unknown = positionals.find((each) => each !== 'echo' && each !== 'queue');
if (unknown !== undefined || !(roundCount >= 1) || !(seconds > 0)) {
  process.stderr.write(
    `${unknown === undefined ? '--rounds and --seconds are positive numbers' : `no bench is called ${unknown}`}\n\n${USAGE}`,
  );
  process.exit(2);
}

const wants = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const progress = (line: string): void => void process.stderr.write(`${line}\n`);
const report: BenchReport = {
  takenAt: new Date().toISOString(),
  machine: describeMachine(),
  echo: wants('echo') ? await runEcho({ inFlightCounts: [1, 64, 512], roundCount, seconds, progress }) : [],
  queue: wants('queue')
    ? await runQueue({ inFlightCounts: [1, 64, 1024], roundCount, seconds, directory: values.directory, progress })
    : [],
};
process.stdout.write(`${values.json ? JSON.stringify(report, undefined, 2) : formatReport(report)}\n`);
if (values.save) {
  await mkdir('bench/results', { recursive: true });
  await writeFile(
    join('bench/results', `${report.takenAt.slice(0, 10)}.json`),
    `${JSON.stringify(report, undefined, 2)}\n`,
  );
}
