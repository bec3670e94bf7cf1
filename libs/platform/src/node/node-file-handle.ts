import * as fs from 'node:fs';
import type { FileHandle } from '../file-system.js';
import { invariant } from '../invariant.js';
import { fileSystemErrorFrom } from './file-system-error-from.js';

/** IOV_MAX of Linux, macOS and the BSDs. Node would silently split a longer list into several system calls. */
const CHUNK_COUNT_MAX = 1024;

/** Whether the system can open a file so that each write is durable on return; Windows cannot, so there a sync follows each write. */
export const HAS_SYNC_WRITES: boolean = fs.constants.O_DSYNC !== undefined;

/** An open file of the operating system. It works on the bare descriptor: Node's own FileHandle costs more per call. */
export class NodeFileHandle implements FileHandle {
  private open = true;

  constructor(
    private readonly fd: number,
    private readonly path: string,
    private readonly syncAfterWrite: boolean,
  ) {}

  async read(target: Uint8Array, position: number): Promise<number> {
    let count = 0;
    while (count < target.length) {
      const got = await this.readOnce(target, count, position + count);
      if (got === 0) break;
      count += got;
    }
    return count;
  }

  write(chunks: readonly Uint8Array[], position: number): Promise<number> {
    if (!this.syncAfterWrite) return this.writeOnce(chunks, position);
    return this.writeOnce(chunks, position).then((count) => this.sync().then(() => count));
  }

  sync(): Promise<void> {
    return this.run('sync', (done) => fs.fdatasync(this.fd, done));
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.run('truncate', (done) => fs.ftruncate(this.fd, sizeBytes, done));
  }

  sizeBytes(): Promise<number> {
    this.checkOpen();
    return new Promise((resolve, reject) => {
      fs.fstat(this.fd, (error, stats) => {
        if (error) reject(fileSystemErrorFrom(error, 'stat', this.path));
        else resolve(stats.size);
      });
    });
  }

  close(): Promise<void> {
    const closed = this.run('close', (done) => fs.close(this.fd, done));
    this.open = false;
    return closed;
  }

  private run(operation: string, start: (done: fs.NoParamCallback) => void): Promise<void> {
    this.checkOpen();
    return new Promise((resolve, reject) => {
      start((error) => {
        if (error) reject(fileSystemErrorFrom(error, operation, this.path));
        else resolve();
      });
    });
  }

  private readOnce(target: Uint8Array, at: number, position: number): Promise<number> {
    this.checkOpen();
    return new Promise((resolve, reject) => {
      fs.read(this.fd, target, at, target.length - at, position, (error, count) => {
        if (error) reject(fileSystemErrorFrom(error, `read at ${position} of`, this.path));
        else resolve(count);
      });
    });
  }

  private writeOnce(chunks: readonly Uint8Array[], position: number): Promise<number> {
    this.checkOpen();
    return new Promise((resolve, reject) => {
      const done = (error: NodeJS.ErrnoException | null, count: number) => {
        if (error) reject(fileSystemErrorFrom(error, `write at ${position} of`, this.path));
        else resolve(count);
      };
      const only = chunks[0];
      if (only === undefined) resolve(0);
      else if (chunks.length === 1) fs.write(this.fd, only, 0, only.length, position, done);
      else fs.writev(this.fd, withinCountMax(chunks), position, done);
    });
  }

  /** A closed descriptor's number is given to the next file that is opened, so a late write would land in a stranger's file. */
  private checkOpen(): void {
    invariant(this.open, `${this.path} is used after close`);
  }
}

/** The same bytes in at most 1024 chunks: neighbours are copied together. */
function withinCountMax(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
  if (chunks.length <= CHUNK_COUNT_MAX) return chunks;
  const runLength = Math.ceil(chunks.length / CHUNK_COUNT_MAX);
  const runs: Uint8Array[] = [];
  for (let at = 0; at < chunks.length; at += runLength) runs.push(Buffer.concat(chunks.slice(at, at + runLength)));
  return runs;
}
