import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const CLI = new URL('../../dist/libs/cli/src/main.js', import.meta.url).pathname;

/** How a process ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One run of the built `rookery` command in a process of its own. */
export class RookeryProcess {
  readonly ended: Promise<Ended>;
  private stdout = '';
  private stderr = '';

  private constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => {
      child.once('close', (exitCode) => resolve({ exitCode, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  /** Starts `rookery <args>` with nothing of this process's ROOKERY_* environment. */
  static start(args: readonly string[], env: Record<string, string> = {}, input?: string): RookeryProcess {
    if (!existsSync(CLI)) throw new Error('the build is missing; run `npm run build` first');
    const clean = Object.entries(process.env).filter(
      ([name]) => !name.startsWith('ROOKERY_') && name !== 'NODE_OPTIONS',
    );
    const child = spawn(process.execPath, [CLI, ...args], { env: { ...Object.fromEntries(clean), ...env } });
    child.stdin.on('error', () => {}); // A command that does not read its input may end before it is written.
    child.stdin.end(input ?? '');
    return new RookeryProcess(child);
  }

  /** Runs a command to its end. */
  static run(args: readonly string[], env: Record<string, string> = {}, input?: string): Promise<Ended> {
    return RookeryProcess.start(args, env, input).ended;
  }

  /** Starts a broker and waits until it listens; `url` is where. */
  static async broker(
    dataDir: string,
    args: readonly string[] = [],
  ): Promise<{ broker: RookeryProcess; url: string; line: string }> {
    // Small segments: a test should not have to allocate half a gigabyte.
    const small = ['--store-segment-bytes', '1MiB', '--store-entry-bytes-max', '512KiB'];
    const broker = RookeryProcess.start(['broker', 'start', '--port', '0', '--data-dir', dataDir, ...small, ...args]);
    const line = await broker.firstLine();
    const url = /rookery:\/\/[^,\s]+/.exec(line)?.[0];
    if (url === undefined) throw new Error(`the broker did not start: ${JSON.stringify(await broker.ended)}`);
    return { broker, url, line };
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  private firstLine(): Promise<string> {
    return new Promise((resolve) => {
      const look = () => {
        const end = this.stdout.indexOf('\n');
        if (end >= 0) resolve(this.stdout.slice(0, end));
      };
      this.child.stdout?.on('data', look);
      void this.ended.then(() => resolve(this.stdout));
    });
  }
}
