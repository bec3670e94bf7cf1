import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { type FileLock, FileSystemError } from '../file-system.js';
import { fileSystemErrorFrom } from './file-system-error-from.js';

const { O_CREAT, O_RDWR } = fs.constants;
/** macOS: open and take the lock at once, or fail with EAGAIN. Node has no names for these. */
const O_EXLOCK_NONBLOCK = 0x20 | 0x4;
/** Windows: libuv's flag for opening without sharing; fails with EBUSY. */
const UV_FS_O_EXLOCK = 0x10000000;

/** The program that locks an inherited descriptor on Linux; part of util-linux and of busybox. */
const FLOCK_PROGRAM = 'flock';

/**
 * Takes the exclusive lock on `path` without waiting.
 *
 * Node cannot call flock(2), but the lock belongs to the *open file*, not to the process that asked for it: on Linux a short-lived
 * `flock` child inherits the descriptor, locks it and ends, and the lock stays with us until the descriptor is closed, which the kernel
 * does at any end of the process. macOS and Windows lock at `open`.
 * @throws {FileSystemError} 'locked' with the holder's process id where it is known; 'denied' when `flock` is not installed.
 */
export async function lockFile(path: string, flockProgram: string = FLOCK_PROGRAM): Promise<FileLock> {
  const fd = await openLocked(path, flockProgram);
  try {
    fs.ftruncateSync(fd);
    fs.writeSync(fd, `${process.pid}\n`, 0);
  } catch (cause) {
    fs.closeSync(fd);
    // Node's file functions throw nothing but its own errors with a code.
    throw fileSystemErrorFrom(cause as NodeJS.ErrnoException, 'lock', path);
  }
  return new NodeFileLock(fd, path);
}

class NodeFileLock implements FileLock {
  private held = true;

  constructor(
    private readonly fd: number,
    private readonly path: string,
  ) {}

  /** The file stays: removing it would let a third process lock a new file while a second still waits on the old one. */
  release(): Promise<void> {
    if (!this.held) return Promise.resolve();
    this.held = false;
    return new Promise((resolve, reject) => {
      fs.ftruncate(this.fd, 0, () => {
        fs.close(this.fd, (error) => (error ? reject(fileSystemErrorFrom(error, 'unlock', this.path)) : resolve()));
      });
    });
  }
}

function openLocked(path: string, flockProgram: string): Promise<number> {
  if (process.platform === 'darwin') return openFile(path, O_RDWR | O_CREAT | O_EXLOCK_NONBLOCK);
  if (process.platform === 'win32') return openFile(path, O_RDWR | O_CREAT | UV_FS_O_EXLOCK);
  return openFile(path, O_RDWR | O_CREAT).then((fd) =>
    lockByChild(fd, path, flockProgram).catch((error: unknown) => {
      fs.closeSync(fd);
      throw error;
    }),
  );
}

function openFile(path: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, 0o600, (error, fd) => {
      if (!error) return resolve(fd);
      const failure = fileSystemErrorFrom(error, 'lock', path);
      return reject(failure.code === 'locked' ? lockedError(path) : failure);
    });
  });
}

function lockByChild(fd: number, path: string, flockProgram: string): Promise<number> {
  return new Promise((resolve, reject) => {
    // The descriptor is number 3 in the child. util-linux and busybox both end with 1 when somebody else has the lock.
    const child = spawn(flockProgram, ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
    child.once('error', (cause) => reject(missingFlock(path, cause)));
    child.once('exit', (status, signal) => {
      if (status === 0) resolve(fd);
      else if (status === 1) reject(lockedError(path));
      else reject(new FileSystemError('io', `lock ${path}: flock ended with ${status ?? signal}`));
    });
  });
}

function missingFlock(path: string, cause: Error): FileSystemError {
  const advice =
    'cannot run the `flock` program; install util-linux (or busybox), it keeps two processes off one data directory';
  return new FileSystemError('denied', `lock ${path}: ${advice}`, { cause });
}

function lockedError(path: string): FileSystemError {
  const pid = readHolder(path);
  return new FileSystemError('locked', `lock ${path}: held by ${pid === '' ? 'another process' : `process ${pid}`}`);
}

/** Best effort: on Windows the holder's file cannot be read. */
function readHolder(path: string): string {
  try {
    const text = fs.readFileSync(path, 'latin1').trim();
    return /^\d{1,10}$/.test(text) ? text : '';
  } catch {
    return '';
  }
}
