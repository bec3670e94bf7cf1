import { FileSystemError } from '../file-system.js';
import { MemoryFile, type UnsyncedFate } from './memory-file.js';
import { type MemoryNode, MemoryTree } from './memory-tree.js';
import type { SeededRandom } from './seeded-random.js';
import { BLOCK_BYTES } from './sparse-bytes.js';

/** The contents of every file by its path; a directory is a path that ends in `/` and has no bytes. */
export type DiskImage = ReadonlyMap<string, Uint8Array>;

/** The disk below a MemoryFileSystem: space, and the hands of a test on the bytes. Nothing here counts as an operation or can fail by plan. */
export class MemoryDisk {
  readonly tree = new MemoryTree();
  private usedBlockCount = 0;

  /** Space is given out in blocks of 4 KiB; `capacityBytes` is rounded down to them. `image` is what is durable at the start. */
  constructor(
    readonly capacityBytes: number,
    image: DiskImage,
  ) {
    for (const [path, bytes] of image) this.restore(path, bytes);
  }

  get freeBytes(): number {
    return (Math.floor(this.capacityBytes / BLOCK_BYTES) - this.usedBlockCount) * BLOCK_BYTES;
  }

  /** Everything as processes see it now, unsynced changes included. A new MemoryFileSystem can start from it. */
  snapshot(): Map<string, Buffer> {
    const image = new Map<string, Buffer>();
    for (const [path, node] of this.tree.walk()) {
      if (node.kind === 'file') image.set(path, node.seen.toBuffer());
      else image.set(`${path}/`, Buffer.alloc(0));
    }
    return image;
  }

  /** Turns over the bits `xor` of the byte at `position`, on the disk and in every cache: a bad sector that reads without an error. */
  corrupt(path: string, position: number, xor: number): void {
    this.file(path).alter((bytes) => {
      const byte = new Uint8Array(1);
      if (bytes.read(byte, position) === 1) bytes.write(Uint8Array.of((byte[0] ?? 0) ^ xor), position);
    });
  }

  /** Cuts the file, durably. */
  cut(path: string, sizeBytes: number): void {
    const file = this.file(path);
    const before = file.seen.blockCount;
    file.alter((bytes) => bytes.truncate(sizeBytes));
    this.usedBlockCount += file.seen.blockCount - before;
  }

  /** Writes as Linux does on a disk that fills up: a short count while something fits, then 'no-space'. */
  write(file: MemoryFile, bytes: Uint8Array, position: number, durable: boolean): number {
    const count = this.fitting(file, bytes.length, position);
    if (count === 0 && bytes.length > 0)
      throw new FileSystemError('no-space', `write at ${position}: the disk is full`);
    const before = file.seen.blockCount;
    file.write(bytes.subarray(0, count), position, durable);
    this.usedBlockCount += file.seen.blockCount - before;
    return count;
  }

  truncate(file: MemoryFile, sizeBytes: number): void {
    const before = file.seen.blockCount;
    file.truncate(sizeBytes);
    this.usedBlockCount += file.seen.blockCount - before;
  }

  /** `node` lost its name: its space is free once nobody has it open. */
  unlink(node: MemoryNode | undefined): void {
    if (node?.kind !== 'file') return;
    node.linked = false;
    this.release(node);
  }

  /** Called when a handle of `file` was closed too. */
  release(file: MemoryFile): void {
    if (!file.linked && file.openCount === 0) this.usedBlockCount -= file.seen.blockCount;
  }

  crash(random: SeededRandom, fate: UnsyncedFate): void {
    this.tree.crash(random, fate);
    this.recount();
  }

  private fitting(file: MemoryFile, sizeBytes: number, position: number): number {
    let freeBlockCount = Math.floor(this.freeBytes / BLOCK_BYTES);
    let count = 0;
    while (count < sizeBytes) {
      const index = Math.floor((position + count) / BLOCK_BYTES);
      if (!file.seen.hasBlock(index) && --freeBlockCount < 0) break;
      count = Math.min(sizeBytes, (index + 1) * BLOCK_BYTES - position);
    }
    return count;
  }

  private recount(): void {
    this.usedBlockCount = 0;
    for (const [, node] of this.tree.walk()) {
      if (node.kind !== 'file') continue;
      node.openCount = 0;
      node.linked = true;
      this.usedBlockCount += node.seen.blockCount;
    }
  }

  private restore(path: string, bytes: Uint8Array): void {
    const names = path.split('/').filter((name) => name !== '');
    const directories = path.endsWith('/') ? names : names.slice(0, -1);
    makeDirectories(this.tree, directories);
    if (path.endsWith('/')) return;
    const file = new MemoryFile();
    this.tree.link(path, file, 'restore');
    this.tree.sync(this.tree.directory(`/${directories.join('/')}`, 'restore'));
    this.write(file, bytes, 0, true);
  }

  private file(path: string): MemoryFile {
    const node = this.tree.find(path);
    if (node?.kind !== 'file') throw new FileSystemError('not-found', `${path}: no such file`);
    return node;
  }
}

/** Makes what is missing of `/a/b/c`, durably. */
function makeDirectories(tree: MemoryTree, names: readonly string[]): void {
  for (let count = 1; count <= names.length; count++) {
    tree.makeDirectory(`/${names.slice(0, count).join('/')}`);
    tree.sync(tree.directory(`/${names.slice(0, count - 1).join('/')}`, 'restore'));
  }
}
