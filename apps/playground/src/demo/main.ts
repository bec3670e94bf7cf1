import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeVerdict } from '../../../../test/history/check-history.js';
import { runDemo } from './run-demo.js';
import { summarize } from './summary.js';

const USAGE = `Usage: npm run demo -- [options]

Starts a broker and six services, each a process, posts orders over HTTP and RPC, kills the broker and an inventory
instance in the middle, and shows that nothing acknowledged was lost.

  --orders N   how many orders to place (20000)
  --keep       keep the run's folder: data, logs, histories
  --help
`;

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '20000' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const orderCount = Number(values.orders);
if (!Number.isInteger(orderCount) || orderCount < 1000) {
  process.stderr.write(`--orders is a whole number of 1000 or more\n\n${USAGE}`);
  process.exit(2);
}

const runDirectory = await mkdtemp(join(tmpdir(), 'rookery-demo-'));
const startedMs = performance.now();
try {
  const { load, judgement } = await runDemo({ orderCount, runDirectory, output: process.stdout });
  const { verdict } = judgement;
  const acceptedTwice = load.outcomes.accepted > verdict.counts.sendsOk;
  const isGood = verdict.status === 'pass' && !acceptedTwice;
  process.stdout.write(`\n${summarize(load, judgement)}\n\n`);
  if (acceptedTwice) process.stdout.write('Customers saw more orders accepted than the order service saw stored.\n');
  if (!isGood) process.stdout.write(`${describeVerdict(verdict)}\n`);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  process.stdout.write(
    isGood
      ? `PASS: everything acknowledged was delivered to every group, in ${seconds} s.\n`
      : `FAIL (${verdict.status}); everything the run wrote is in ${runDirectory}\n`,
  );
  if (isGood && !values.keep) await rm(runDirectory, { recursive: true, force: true });
  else if (values.keep) process.stdout.write(`The run's folder: ${runDirectory}\n`);
  process.exit(isGood ? 0 : 1);
} catch (error) {
  process.stderr.write(`The demo could not run: ${error instanceof Error ? error.message : String(error)}\n`);
  process.stderr.write(`What it wrote is in ${runDirectory}\n`);
  process.exit(1);
}
