import type { Clock } from '../clock.js';
import { type FileHandle, type FileLock, type FileSystem, FileSystemError, type OpenMode } from '../file-system.js';
import { FaultPlan, type FileOperationKind } from './fault-plan.js';
import { type DiskImage, MemoryDisk } from './memory-disk.js';
import { MemoryFile, type UnsyncedFate } from './memory-file.js';
import { MemoryFileHandle } from './memory-file-handle.js';
import { namesOf } from './memory-tree.js';
import type { SeededRandom } from './seeded-random.js';

/** How a memory file system is set up. */
export interface MemoryFileSystemOptions {
  /** Space on the disk in blocks of 4 KiB. Default 1 TiB. */
  readonly capacityBytes?: number;
  /** Files open at once; one more is 'too-many-files'. Default 100,000. */
  readonly openCountMax?: number;
  /** What is on the disk at the start. Default nothing. */
  readonly image?: DiskImage;
  /** Every operation takes a random time below `maxMs` of this clock. Default: it is over in a microtask. */
  readonly latency?: { readonly clock: Clock; readonly maxMs: number };
}

/**
 * A file system in memory that is as forgetful as the law allows.
 *
 * Until a sync, a write may be dropped, kept or torn at a crash, each by itself; until a directory sync, a name made, renamed or removed may revert.
 * An operation takes effect when it ends, never at the call, so a sync does not cover a write that was not awaited.
 * All chance comes from `random`: the same program with the same seed leaves the same disk.
 */
export class MemoryFileSystem implements FileSystem {
  readonly disk: MemoryDisk;
  readonly faults = new FaultPlan();
  private readonly openCountMax: number;
  private readonly latency: MemoryFileSystemOptions['latency'];
  private readonly latencyRandom: SeededRandom;
  private readonly locked = new Set<MemoryFile>();
  private openCount = 0;
  /** Rises at every crash: what belongs to an older one is dead. */
  private generation = 0;
  private down = false;

  constructor(
    private readonly random: SeededRandom,
    options: MemoryFileSystemOptions = {},
  ) {
    this.disk = new MemoryDisk(options.capacityBytes ?? 2 ** 40, options.image ?? new Map());
    this.openCountMax = options.openCountMax ?? 100_000;
    this.latency = options.latency;
    this.latencyRandom = random.fork('latency');
  }

  /**
   * The machine (or with 'kept' only the process) stops and starts again, at once. Old handles and operations under way reject with
   * 'crashed' for ever, locks are free, and what was not synced has met its fate.
   */
  crash(fate: UnsyncedFate = 'by-seed'): void {
    this.generation++;
    this.down = false;
    this.openCount = 0;
    this.locked.clear();
    this.disk.crash(this.random.fork(`crash ${this.generation}`), fate);
  }

  open(path: string, mode: OpenMode): Promise<FileHandle> {
    return this.perform('open', path, () => {
      if (this.openCount >= this.openCountMax) throw new FileSystemError('too-many-files', `open ${path}`);
      const file = this.openFile(path, mode.access);
      file.openCount++;
      this.openCount++;
      return this.handle(file, path, mode);
    });
  }

  makeDirectory(path: string): Promise<void> {
    return this.perform('make-directory', path, () => {
      const names = namesOf(path);
      for (let count = 1; count <= names.length; count++) {
        this.disk.tree.makeDirectory(`/${names.slice(0, count).join('/')}`);
      }
    });
  }

  list(path: string): Promise<string[]> {
    return this.perform('list', path, () => [...this.disk.tree.directory(path, 'list').seen.keys()].sort());
  }

  sizeBytes(path: string): Promise<number | undefined> {
    return this.perform('size', path, () => {
      const node = this.disk.tree.find(path);
      return node?.kind === 'file' ? node.seen.sizeBytes : undefined;
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.perform('rename', from, () => this.disk.unlink(this.disk.tree.rename(from, to)));
  }

  remove(path: string): Promise<void> {
    return this.perform('remove', path, () => this.disk.unlink(this.disk.tree.remove(path)));
  }

  syncDirectory(path: string): Promise<void> {
    return this.perform('sync-directory', path, () => {
      this.disk.tree.sync(this.disk.tree.directory(path, 'sync directory'));
    });
  }

  lock(path: string): Promise<FileLock> {
    return this.perform('lock', path, () => {
      const file = this.openFile(path, 'create');
      if (this.locked.has(file)) throw new FileSystemError('locked', `lock ${path}: held by another handle`);
      this.locked.add(file);
      return this.lockOn(file, path);
    });
  }

  space(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    return this.perform('space', path, () => {
      if (this.disk.tree.find(path) === undefined) throw new FileSystemError('not-found', `space of ${path}`);
      return { freeBytes: this.disk.freeBytes, totalBytes: this.disk.capacityBytes };
    });
  }

  private openFile(path: string, access: OpenMode['access']): MemoryFile {
    const node = this.disk.tree.find(path);
    if (node?.kind === 'directory') throw new FileSystemError('denied', `open ${path}: a directory`);
    if (node !== undefined && access === 'create-new') throw new FileSystemError('exists', `open ${path}: it exists`);
    if (node !== undefined) return node;
    if (access === 'read' || access === 'write') throw new FileSystemError('not-found', `open ${path}: no such file`);
    const file = new MemoryFile();
    this.disk.tree.link(path, file, 'open');
    return file;
  }

  private handle(file: MemoryFile, path: string, mode: OpenMode): FileHandle {
    const { generation, disk } = this;
    const syncWrites = mode.syncWrites === true;
    return new MemoryFileHandle(file, path, mode, {
      disk,
      perform: (kind, effect, failed) => this.perform(kind, path, effect, { generation, syncWrites, failed }),
      failSync: () => file.failSync(this.random.fork(`failed sync ${this.faults.operationCount}`)),
      closed: () => {
        this.openCount--;
        file.openCount--;
        disk.release(file);
      },
    });
  }

  private lockOn(file: MemoryFile, path: string): FileLock {
    const { generation } = this;
    let held = true;
    return {
      release: async () => {
        // A crash has released it already, and somebody else may hold it now.
        if (!held || generation !== this.generation) return;
        held = false;
        await this.perform('unlock', path, () => this.locked.delete(file));
      },
    };
  }

  /** Every operation comes through here: it is counted, may be failed by plan, takes its time, and then happens at one instant. */
  private async perform<T>(kind: FileOperationKind, path: string, effect: () => T, of?: HandleContext): Promise<T> {
    const generation = of?.generation ?? this.generation;
    this.checkAlive(generation, kind, path);
    const planned = this.faults.begin(kind, path, of?.syncWrites === true);
    if (planned === 'crash') this.goDown(kind, path, effect);
    await this.pass();
    this.checkAlive(generation, kind, path);
    if (planned instanceof FileSystemError) {
      of?.failed?.();
      throw planned;
    }
    return effect();
  }

  private pass(): Promise<void> | undefined {
    return this.latency?.clock.sleep(this.latencyRandom.next() * this.latency.maxMs);
  }

  private goDown(kind: FileOperationKind, path: string, effect: () => unknown): void {
    this.down = true;
    if (this.random.fork(`down ${this.faults.operationCount}`).integer(2) === 0) return;
    try {
      effect();
    } catch (error) {
      // It would have failed anyway, and nobody is left to hear how.
      if (!(error instanceof FileSystemError)) throw error;
    }
    this.checkAlive(this.generation, kind, path);
  }

  private checkAlive(generation: number, kind: FileOperationKind, path: string): void {
    if (this.down || generation !== this.generation)
      throw new FileSystemError('crashed', `${kind} ${path}: the machine stopped`);
  }
}

interface HandleContext {
  readonly generation: number;
  readonly syncWrites: boolean;
  /** Does the damage of a planned failure. */
  readonly failed: (() => void) | undefined;
}
