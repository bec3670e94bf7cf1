import type { Clock, FileHandle, FileSystem, OpenMode, Platform } from '#platform';
import { invariant } from '#platform';
import type { ConfirmedListener, MessageStore } from '../message-store.js';
import { openMessageStore } from '../open-message-store.js';
import type { StoreOptions } from '../store.options.js';

/**
 * When a broken broker acknowledges: `sync`: before the sync, so a power cut loses what was acknowledged; `write`: before even the write, so
 * a killed process does. `none`: honest.
 */
export type AckBefore = 'none' | 'write' | 'sync';

/** How long a `write` liar holds back what it said was written, in ms. */
const HELD_BACK_MS = 50;

/**
 * A store that acknowledges too early, to show that a checker of histories finds it out. It lies below the store, in the file system, so the
 * store itself has no switch that anybody could leave on.
 */
export function openLyingMessageStore(
  options: StoreOptions,
  platform: Platform,
  listener: ConfirmedListener,
  ackBefore: AckBefore,
): Promise<MessageStore> {
  const files = ackBefore === 'none' ? platform.files : lyingFiles(platform.files, platform.clock, ackBefore);
  return openMessageStore(options, { ...platform, files }, listener);
}

/** `files`, lying about the segments of the log and about nothing else. */
function lyingFiles(files: FileSystem, clock: Clock, ackBefore: 'write' | 'sync'): FileSystem {
  return {
    open: async (path: string, mode: OpenMode) => {
      const isSegment = /\/log\/\d{20}$/.test(path) && mode.syncWrites === true;
      if (!isSegment) return files.open(path, mode);
      if (ackBefore === 'sync') return unsynced(await files.open(path, { access: mode.access }));
      return new HeldBackFile(await files.open(path, mode), clock);
    },
    makeDirectory: (path) => files.makeDirectory(path),
    list: (path) => files.list(path),
    sizeBytes: (path) => files.sizeBytes(path),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    syncDirectory: (path) => files.syncDirectory(path),
    lock: (path) => files.lock(path),
    space: (path) => files.space(path),
  };
}

function unsynced(handle: FileHandle): FileHandle {
  return {
    read: (target, position) => handle.read(target, position),
    write: (chunks, position) => handle.write(chunks, position),
    sync: () => Promise.resolve(),
    truncate: (sizeBytes) => handle.truncate(sizeBytes),
    sizeBytes: () => handle.sizeBytes(),
    close: () => handle.close(),
  };
}

/** Says that it has written, and writes later, in the order given. */
class HeldBackFile implements FileHandle {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly handle: FileHandle,
    private readonly clock: Clock,
  ) {}

  write(chunks: readonly Uint8Array[], position: number): Promise<number> {
    const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const due = this.clock.sleep(HELD_BACK_MS);
    this.last = this.last
      .then(() => due)
      .then(() => this.handle.write(chunks, position))
      .then((written) => invariant(written === sizeBytes, 'the liar has a disk with space'));
    // The liar itself must not hear of a machine that stopped meanwhile.
    this.last.catch(() => {});
    return Promise.resolve(sizeBytes);
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return this.handle.read(target, position);
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.handle.truncate(sizeBytes);
  }

  sizeBytes(): Promise<number> {
    return this.handle.sizeBytes();
  }

  async close(): Promise<void> {
    await this.last;
    await this.handle.close();
  }
}
