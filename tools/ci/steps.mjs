// What .ci/run does, in order. Plain JavaScript on node's own modules: it runs before anything is installed.
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const node = process.execPath;
const minutes = (count) => count * 60_000;

/** Where Jest writes its results. */
export const jestResultPath = join(tmpdir(), `rookery-jest-${process.pid}.json`);

/**
 * Each step: its name, its command, its time limit, and how its result is counted: `exit` (the code: one result), `jest` (each test of the JSON
 * report is a result), `verdict` (the last line of output is JSON with `isExpected`: one result). A step that fails with `stops` skips all later ones.
 */
export const steps = [
  {
    name: 'install',
    command: [npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
    limitMs: minutes(4),
    count: 'exit',
    stops: true,
  },
  { name: 'build', command: [npm, 'run', '--silent', 'build'], limitMs: minutes(3), count: 'exit', stops: true },
  { name: 'lint', command: [npm, 'run', '--silent', 'lint'], limitMs: minutes(2), count: 'exit' },
  {
    name: 'tests',
    command: [npm, 'test', '--silent', '--', '--json', `--outputFile=${jestResultPath}`],
    limitMs: minutes(6),
    count: 'jest',
  },
  {
    name: 'a broker killed 30 times loses nothing acknowledged',
    command: [node, 'dist/test/crash/broker-sigkill.js', '--kills', '30', '--json'],
    limitMs: minutes(5),
    count: 'verdict',
  },
  {
    name: 'a broker that acknowledges before it writes is found guilty',
    command: [node, 'dist/test/crash/broker-sigkill.js', '--kills', '5', '--broker', 'acks-before-write', '--json'],
    limitMs: minutes(3),
    count: 'verdict',
  },
  { name: 'demo', command: [npm, 'run', '--silent', 'demo'], limitMs: minutes(3), count: 'exit' },
  { name: 'nest start broker', command: [node, 'tools/ci/smoke-nest-start.mjs'], limitMs: minutes(2), count: 'exit' },
  {
    name: 'the package, installed elsewhere',
    command: [node, 'tools/ci/smoke-package.mjs'],
    limitMs: minutes(4),
    count: 'exit',
  },
];
