import * as fs from 'node:fs';
import type { FileHandle, FileLock, FileSystem, OpenMode } from '../file-system.js';
import { fileSystemErrorFrom } from './file-system-error-from.js';
import { HAS_SYNC_WRITES, NodeFileHandle } from './node-file-handle.js';
import { lockFile } from './node-file-lock.js';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_RDWR } = fs.constants;

const ACCESS_FLAGS: Readonly<Record<OpenMode['access'], number>> = {
  read: O_RDONLY,
  write: O_RDWR,
  create: O_RDWR | O_CREAT,
  'create-new': O_RDWR | O_CREAT | O_EXCL,
};

/**
 * Files of the operating system. New files are readable by their owner only (0600), new directories likewise (0700).
 * Every operation is one job of Node's thread pool; none of them block the event loop.
 */
export class NodeFileSystem implements FileSystem {
  open(path: string, mode: OpenMode): Promise<FileHandle> {
    const syncWrites = mode.syncWrites === true;
    const flags = ACCESS_FLAGS[mode.access] | (syncWrites && HAS_SYNC_WRITES ? fs.constants.O_DSYNC : 0);
    return new Promise((resolve, reject) => {
      fs.open(path, flags, 0o600, (error, fd) => {
        if (error) reject(fileSystemErrorFrom(error, 'open', path));
        else resolve(new NodeFileHandle(fd, path, syncWrites && !HAS_SYNC_WRITES));
      });
    });
  }

  makeDirectory(path: string): Promise<void> {
    return run('make directory', path, (done) =>
      fs.mkdir(path, { recursive: true, mode: 0o700 }, (error) => done(error)),
    );
  }

  list(path: string): Promise<string[]> {
    return new Promise((resolve, reject) => {
      fs.readdir(path, (error, names) => {
        if (error) reject(fileSystemErrorFrom(error, 'list', path));
        else resolve(names.sort());
      });
    });
  }

  sizeBytes(path: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      fs.stat(path, (error, stats) => {
        if (!error) return resolve(stats.isDirectory() ? undefined : stats.size);
        const failure = fileSystemErrorFrom(error, 'stat', path);
        return failure.code === 'not-found' ? resolve(undefined) : reject(failure);
      });
    });
  }

  rename(from: string, to: string): Promise<void> {
    return run('rename', `${from} to ${to}`, (done) => fs.rename(from, to, done));
  }

  remove(path: string): Promise<void> {
    return run('remove', path, (done) => {
      fs.unlink(path, (error) => {
        // Linux says EISDIR and POSIX says EPERM for a directory.
        if (error?.code === 'EISDIR' || error?.code === 'EPERM') fs.rmdir(path, done);
        else done(error);
      });
    });
  }

  syncDirectory(path: string): Promise<void> {
    // Windows keeps names in a journal of its own and cannot open a directory to flush it.
    if (process.platform === 'win32') return Promise.resolve();
    return run('sync directory', path, (done) => {
      fs.open(path, O_RDONLY | O_DIRECTORY, (openError, fd) => {
        if (openError) return done(openError);
        return fs.fsync(fd, (syncError) => fs.close(fd, (closeError) => done(syncError ?? closeError ?? null)));
      });
    });
  }

  lock(path: string): Promise<FileLock> {
    return lockFile(path);
  }

  space(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    return new Promise((resolve, reject) => {
      fs.statfs(path, (error, stats) => {
        if (error) return reject(fileSystemErrorFrom(error, 'space of', path));
        return resolve({ freeBytes: stats.bavail * stats.bsize, totalBytes: stats.blocks * stats.bsize });
      });
    });
  }
}

function run(operation: string, path: string, start: (done: fs.NoParamCallback) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error) reject(fileSystemErrorFrom(error, operation, path));
      else resolve();
    });
  });
}
