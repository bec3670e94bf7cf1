import { type FileHandle, FileSystemError, type OpenMode } from '../file-system.js';
import { invariant } from '../invariant.js';
import type { FileOperationKind } from './fault-plan.js';
import type { MemoryDisk } from './memory-disk.js';
import type { MemoryFile } from './memory-file.js';

/** What a handle needs of the file system that opened it. */
export interface MemoryFileHandleHost {
  readonly disk: MemoryDisk;
  /** Runs one operation; `failed` happens instead of `effect` when the fault plan says so. */
  perform<T>(kind: FileOperationKind, effect: () => T, failed?: () => void): Promise<T>;
  /** Throws the unsynced changes of the file to chance. */
  failSync(): void;
  closed(): void;
}

/** An open file of a memory file system. */
export class MemoryFileHandle implements FileHandle {
  private open = true;

  constructor(
    private readonly file: MemoryFile,
    private readonly path: string,
    private readonly mode: OpenMode,
    private readonly host: MemoryFileHandleHost,
  ) {}

  read(target: Uint8Array, position: number): Promise<number> {
    this.checkOpen();
    return this.host.perform('read', () => this.file.seen.read(target, position));
  }

  write(chunks: readonly Uint8Array[], position: number): Promise<number> {
    this.checkOpen();
    const write = (durable: boolean) => {
      this.checkWritable('write');
      return this.host.disk.write(this.file, Buffer.concat(chunks), position, durable);
    };
    return this.host.perform(
      'write',
      () => write(this.mode.syncWrites === true),
      () => {
        // Of a failed synchronous write any part may be on the disk. An ordinary write that fails has done nothing.
        if (this.mode.syncWrites !== true) return;
        write(false);
        this.host.failSync();
      },
    );
  }

  sync(): Promise<void> {
    this.checkOpen();
    const mark = this.file.mark();
    return this.host.perform(
      'sync',
      () => this.file.sync(mark),
      () => this.host.failSync(),
    );
  }

  truncate(sizeBytes: number): Promise<void> {
    this.checkOpen();
    return this.host.perform('truncate', () => {
      this.checkWritable('truncate');
      this.host.disk.truncate(this.file, sizeBytes);
    });
  }

  sizeBytes(): Promise<number> {
    this.checkOpen();
    return this.host.perform('size', () => this.file.seen.sizeBytes);
  }

  close(): Promise<void> {
    this.checkOpen();
    this.open = false;
    return this.host.perform('close', () => this.host.closed());
  }

  private checkOpen(): void {
    invariant(this.open, `${this.path} is used after close`);
  }

  private checkWritable(operation: string): void {
    this.checkOpen();
    if (this.mode.access === 'read')
      throw new FileSystemError('denied', `${operation} ${this.path}: opened for reading`);
  }
}
