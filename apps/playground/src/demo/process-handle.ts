import { type ChildProcess, fork } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, ParentMessage } from './child/announce.js';

/** How one process of the demo is started, again and again if need be. */
export interface ProcessPlan {
  /** Unique; also the name of its log file. */
  readonly name: string;
  /** Script relative to the playground's compiled folder. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** True if the process says `ready` itself; else it is ready when its output has a line with `listening`. */
  readonly announces: boolean;
}

const READY_LIMIT_MS = 30_000;
const playground = new URL('..', import.meta.url);

/** One process of the demo: it can be killed without warning and started again. */
export class ProcessHandle {
  private child: ChildProcess | undefined;
  /** Port it announced last, if it did. */
  port: number | undefined;
  /** Messages it says it handled, over all its lives. */
  handledCount = 0;
  private handledBefore = 0;

  constructor(
    readonly plan: ProcessPlan,
    private readonly runDirectory: string,
  ) {}

  /** Starts it and resolves when it serves. @throws {Error} with the path of its log when it ends or takes too long. */
  async start(): Promise<void> {
    const logPath = join(this.runDirectory, `${this.plan.name}.log`);
    const log = createWriteStream(logPath, { flags: 'a' });
    const child = fork(fileURLToPath(new URL(this.plan.script, playground)), [...(this.plan.args ?? [])], {
      env: { ...process.env, ...this.plan.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    this.handledBefore = this.handledCount;
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.once('exit', () => log.end());
    await this.untilReady(child, logPath);
  }

  private untilReady(child: ChildProcess, logPath: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        clearTimeout(timer);
        reject(new Error(`${this.plan.name} ${why}; its log is ${logPath}`));
      };
      const timer = setTimeout(() => fail(`was not ready after ${READY_LIMIT_MS} ms`), READY_LIMIT_MS);
      const ready = (): void => {
        clearTimeout(timer);
        resolve();
      };
      child.once('exit', (code, signal) => fail(`ended (${signal ?? code}) before it was ready`));
      child.on('message', (message: ChildMessage) => {
        if (message.kind === 'handled') this.handledCount = this.handledBefore + message.count;
        if (message.kind === 'ready') {
          this.port = message.port;
          ready();
        }
      });
      if (!this.plan.announces) {
        child.stdout?.on('data', (chunk: Buffer) => {
          if (chunk.includes('listening')) ready();
        });
      }
    });
  }

  /** Process id of its present life. @throws {Error} when it was never started. */
  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.plan.name} was not started`);
    return this.child.pid;
  }

  /** Tells the process something. */
  tell(message: ParentMessage): void {
    this.child?.send(message);
  }

  /** Resolves when the process is gone, whoever ended it. */
  async gone(): Promise<void> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }

  /** SIGKILL: no handler runs, nothing is flushed. Resolves when the process is gone. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** SIGTERM, and SIGKILL after 8 s for one that does not end. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.child?.kill('SIGKILL'), 8_000);
    await this.end('SIGTERM');
    clearTimeout(timer);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const gone = this.gone();
    this.child?.kill(signal);
    await gone;
  }
}
