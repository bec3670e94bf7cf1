import { type ChildProcess, spawn } from 'node:child_process';
import type { HistoryEntry } from '../../../../../test/history/history-event.js';
import { killWhileSending } from './kill-while-sending.js';

let victim: ChildProcess;

beforeEach(async () => {
  victim = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await new Promise((resolve) => victim.once('spawn', resolve));
});

afterEach(() => void victim.kill('SIGKILL'));

it('the kill waits until sends are in flight, and is written down at that moment', async () => {
  const sends = { openCount: 0 };
  const lines: (HistoryEntry & { openCount: number })[] = [];
  const history = { write: (entry: HistoryEntry) => void lines.push({ ...entry, openCount: sends.openCount }) };
  const gone = new Promise((resolve) => victim.once('exit', (_, signal) => resolve(signal)));
  killWhileSending(sends, history, victim.pid ?? 0);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(lines).toEqual([]);
  sends.openCount = 8;
  expect(await gone).toBe('SIGKILL');
  expect(lines.map(({ fault, phase, openCount }) => `${fault} ${phase} with ${openCount} open`)).toEqual([
    'broker-kill invoke with 8 open',
    'broker-kill ok with 8 open',
  ]);
});
