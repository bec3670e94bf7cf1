import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One process of a benchmark, and the first message it sent (its readiness, or its result). */
export interface BenchChild {
  readonly process: ChildProcess;
  readonly first: unknown;
}

/** Forks a script beside this file and waits for its first message. Rejects if it ends before sending one, or after `limitMs`. */
export function forkBench(script: string, args: readonly string[], limitMs: number): Promise<BenchChild> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${script} ${args.join(' ')} did not answer in ${limitMs} ms`));
    }, limitMs);
    child.once('message', (first) => {
      clearTimeout(timer);
      resolve({ process: child, first });
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${script} ${args.join(' ')} ended with ${code} before it answered`));
    });
  });
}

/** Starts the broker process on `port` and resolves when it says that it listens. */
export function startBroker(dataDir: string, port: number): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('../../apps/broker/src/main.js', import.meta.url));
  const args = ['--data-dir', dataDir, '--port', String(port), '--log-level', 'warn'];
  const child = fork(script, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('listening')) resolve(child);
    });
    child.once('exit', (code) => reject(new Error(`the broker ended with ${code} before it listened`)));
  });
}

/** Ends a process of a benchmark and waits until it is gone. */
export async function endBench(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(timer);
}
