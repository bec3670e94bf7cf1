import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a load process is told, as JSON in its first argument. */
export interface LoadOrder {
  readonly proc: string;
  readonly port: number;
  readonly topic: string;
  readonly historyPath: string;
  /** Marks the payloads of this run. */
  readonly nonce: string;
  /** Consumers only. */
  readonly group: string;
  readonly leaseMs: number;
  /** Producers only: messages per second, and most of them unanswered at a time. */
  readonly sendsPerSecond: number;
  readonly inFlightCountMax: number;
}

/** What a load process tells while it runs. */
export interface LoadReport {
  /** Producers: sends ok. Consumers: messages received. */
  readonly count: number;
}

/** What a load process is told while it runs. */
type LoadCommand = 'stop' | { readonly kill: number };

/** One producer or consumer in a process of its own. */
export class LoadProcess {
  private latest: LoadReport = { count: 0 };
  /** When `count` last rose, on the monotonic clock of this process. */
  private roseMs = performance.now();
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  constructor(role: 'producer' | 'consumer', order: LoadOrder) {
    this.child = fork(new URL(`./${role}-process.js`, import.meta.url).pathname, [JSON.stringify(order)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.ended = once(this.child, 'exit');
    this.child.on('message', (report: LoadReport) => {
      if (report.count > this.latest.count) this.roseMs = performance.now();
      this.latest = report;
    });
  }

  get count(): number {
    return this.latest.count;
  }

  /** How long nothing has happened, in ms. */
  get idleMs(): number {
    return performance.now() - this.roseMs;
  }

  /** Producers only: it kills process `pid` with SIGKILL at the next moment at which it has sends in flight, and writes the fault down. */
  killWhileSending(pid: number): void {
    this.child.send({ kill: pid } satisfies LoadCommand);
  }

  /** Ends the load, waits for its history to be complete. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.connected) this.child.send('stop' satisfies LoadCommand);
    await this.ended;
    if (this.child.exitCode !== 0) throw new Error(`a load process ended with ${this.child.exitCode}`);
  }

  /** For the end of a run that failed. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}

const REPORT_MS = 50;

/** The load process's side: reports until it is told to stop, then runs `finish` and exits. `kill` is for producers. */
export function serveLoad(count: () => number, finish: () => Promise<void>, kill?: (pid: number) => void): void {
  const reports = setInterval(() => process.send?.({ count: count() } satisfies LoadReport), REPORT_MS);
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    clearInterval(reports);
    void finish().then(() => process.exit(0));
  };
  process.on('message', (command: LoadCommand) => {
    if (command === 'stop') stop();
    else kill?.(command.kill);
  });
  // Nobody is left to judge what we write.
  process.on('disconnect', () => process.exit(1));
}
