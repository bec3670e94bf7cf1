import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFile } from './node-file-lock.js';

describe('lockFile', () => {
  let directory: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rookery-lock-'));
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    child = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  /** A process with the same open file locked as ours would have it. Ends only when killed. */
  const lockElsewhere = async (path: string): Promise<ChildProcess> => {
    const script = `
      const fs = require('fs'), { spawnSync } = require('child_process');
      const fd = fs.openSync(process.argv[1], 'a+', 0o600);
      if (spawnSync('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'inherit', fd] }).status !== 0) process.exit(9);
      fs.writeSync(fd, process.pid + '\\n');
      console.log('locked');
      setInterval(() => {}, 1000);`;
    const started = spawn(process.execPath, ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => started.stdout.once('data', resolve));
    return started;
  };

  it('a lock is free again after its process was killed', async () => {
    const path = join(directory, 'LOCK');
    child = await lockElsewhere(path);
    await expect(lockFile(path)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining(`held by process ${child.pid}`),
    });
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const lock = await lockFile(path);
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
    await lock.release();
  });

  it('our lock keeps another process out, and stays while other children come and go', async () => {
    const path = join(directory, 'LOCK');
    const lock = await lockFile(path);
    const status = () =>
      new Promise((resolve) => spawn('flock', ['-n', path, 'true'], { stdio: 'ignore' }).once('exit', resolve));
    expect(await status()).toBe(1);
    expect(await status()).toBe(1);
    await lock.release();
    expect(await status()).toBe(0);
  });

  it('a missing flock program is denied with advice', async () => {
    await expect(lockFile(join(directory, 'LOCK'), 'no-such-flock')).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('install util-linux'),
    });
  });
});
