import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect as openConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryWriter } from '../history/history-writer.js';

/** Which broker is put on trial: the built one, or the one that acknowledges before it has written. */
export type BrokerKind = 'real' | 'acks-before-write';

const START_MS_MAX = 30_000;
const STOP_MS_MAX = 15_000;

/** A broker in a process of its own, on a fixed port and data directory, to be killed and started again. Writes the faults into its history. */
export class BrokerProcess {
  private child: ChildProcess | undefined;
  private output = '';

  constructor(
    private readonly kind: BrokerKind,
    private readonly dataDir: string,
    readonly port: number,
    private readonly history: HistoryWriter,
  ) {}

  /** Resolves when the port accepts connections. Returns the time to there, in ms. */
  async start(): Promise<number> {
    const startedMs = performance.now();
    const child = this.spawn();
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null || performance.now() - startedMs > START_MS_MAX) {
        throw new Error(`the broker did not start (exit code ${child.exitCode}): ${this.output}`);
      }
      await sleep(10);
    }
    this.history.write({ op: 'fault', phase: 'ok', fault: 'broker-start' });
    return performance.now() - startedMs;
  }

  /** Starts and kills it `afterMs` later, mostly while it recovers. */
  async interruptStart(afterMs: number): Promise<void> {
    this.spawn();
    await sleep(afterMs);
    await this.kill();
  }

  /** SIGKILL, at once; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.history.write({ op: 'fault', phase: 'invoke', fault: 'broker-kill' });
    await this.killedBy((pid) => process.kill(pid, 'SIGKILL'));
    this.history.write({ op: 'fault', phase: 'ok', fault: 'broker-kill' });
  }

  /** Lets `killer` end it, which also writes the fault down; resolves when the process is gone. */
  async killedBy(killer: (pid: number) => void): Promise<void> {
    const child = this.running();
    const gone = once(child, 'exit');
    killer(child.pid ?? 0);
    await gone;
    // A broker that had ended by itself was not killed: that is a failure of its own, not a fault of ours.
    if (child.signalCode !== 'SIGKILL')
      throw new Error(`the broker ended by itself (${child.exitCode}): ${this.output}`);
  }

  /** SIGTERM, and SIGKILL when that is not heard. */
  async stop(): Promise<void> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await gone;
    clearTimeout(deadline);
  }

  private spawn(): ChildProcess {
    const child = spawn(process.execPath, commandOf(this.kind, this.dataDir, this.port), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-8192);
      });
    }
    return child;
  }

  private running(): ChildProcess {
    const child = this.child;
    if (child === undefined || child.exitCode !== null) {
      throw new Error(`the broker ended by itself (${child?.exitCode}): ${this.output}`);
    }
    return child;
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return address.port;
}

function commandOf(kind: BrokerKind, dataDir: string, port: number): string[] {
  if (kind === 'acks-before-write') {
    return [new URL('./lying-broker.js', import.meta.url).pathname, dataDir, String(port), 'write'];
  }
  const main = new URL('../../apps/broker/src/main.js', import.meta.url).pathname;
  // Small segments: the run crosses many of them, and a start allocates little.
  const small = ['--store-segment-bytes', '16MiB', '--store-entry-bytes-max', '1MiB'];
  return [main, '--data-dir', dataDir, '--port', String(port), '--log-level', 'warn', ...small];
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openConnection({ port, host: '127.0.0.1' });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
