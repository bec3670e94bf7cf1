import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeVerdict } from '../history/check-history.js';
import type { BrokerKind } from './broker-process.js';
import { runSigkill } from './run-sigkill.js';

const USAGE = `Kills a broker with SIGKILL at random moments under load, and judges the histories of its clients.

  --kills <count>   how often (default 30)
  --broker <kind>   real, or acks-before-write: a broker that must be found guilty (default real)
  --seed <number>   of the moments (default: from the clock; printed)
  --keep            keep data and histories of a run that passes
  --json            one line of JSON as the last line

Ends with 0 if the verdict is the expected one: pass for the real broker, fail for the other.
`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    broker: { type: 'string', default: 'real' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const kind: BrokerKind = values.broker === 'acks-before-write' ? 'acks-before-write' : 'real';
  const folder = mkdtempSync(join(tmpdir(), 'rookery-sigkill-'));
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  say(`broker ${kind}, ${values.kills} kills, seed ${values.seed}, folder ${folder}`);
  const { verdict, startMs, elapsedMs } = await runSigkill({
    kind,
    killCount: Number(values.kills),
    seed: Number(values.seed),
    folder,
    say,
  });
  const expected = kind === 'real' ? 'pass' : 'fail';
  const isExpected = verdict.status === expected;
  process.stdout.write(`${describeVerdict(verdict)}\n`);
  if (isExpected && !values.keep) rmSync(folder, { recursive: true, force: true });
  else process.stdout.write(`histories and data are in ${folder}; run again with --seed ${values.seed}\n`);
  if (values.json) {
    const seed = Number(values.seed);
    process.stdout.write(`${JSON.stringify({ kind, seed, expected, isExpected, elapsedMs, startMs, ...verdict })}\n`);
  }
  return isExpected ? 0 : 1;
}

process.exitCode = await main();
