import { FileSystemError } from '../file-system.js';
import { MemoryFile, type UnsyncedFate } from './memory-file.js';
import type { SeededRandom } from './seeded-random.js';

/** A directory, twice: the names processes see and the names on the disk. */
export class MemoryDirectory {
  readonly kind = 'directory';
  seen = new Map<string, MemoryNode>();
  readonly onDisk = new Map<string, MemoryNode>();
}

/** What a name stands for. */
export type MemoryNode = MemoryFile | MemoryDirectory;

/** One name of one directory is set or, without a node, removed. */
interface Step {
  readonly directory: MemoryDirectory;
  readonly name: string;
  readonly node: MemoryNode | undefined;
}

/** The names of the memory disk and the changes of names that no directory sync has made durable. */
export class MemoryTree {
  private readonly root = new MemoryDirectory();
  /** Each change is a list of steps that reach the disk together: a rename has two. */
  private unsynced: Step[][] = [];

  find(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this.root;
    for (const name of namesOf(path)) {
      if (node?.kind !== 'directory') return undefined;
      node = node.seen.get(name);
    }
    return node;
  }

  /** @throws {FileSystemError} 'not-found'. */
  directory(path: string, operation: string): MemoryDirectory {
    const node = this.find(path);
    if (node?.kind !== 'directory') throw new FileSystemError('not-found', `${operation} ${path}: no such directory`);
    return node;
  }

  /** Puts `node` at `path`. @throws {FileSystemError} 'not-found' without the parent directory. */
  link(path: string, node: MemoryNode, operation: string): void {
    this.change([this.step(path, node, operation)]);
  }

  /** Makes a directory whose parent exists; nothing happens if it exists itself. @throws {FileSystemError} 'exists' for a file of that name. */
  makeDirectory(path: string): void {
    const present = this.find(path);
    if (present?.kind === 'file') throw new FileSystemError('exists', `make directory ${path}: a file`);
    if (present === undefined) this.link(path, new MemoryDirectory(), 'make directory');
  }

  /** @throws {FileSystemError} 'not-found'; 'exists' for a directory with names in it. */
  remove(path: string): MemoryNode {
    const node = this.existing(path, 'remove');
    if (node.kind === 'directory' && node.seen.size > 0)
      throw new FileSystemError('exists', `remove ${path}: not empty`);
    this.change([this.step(path, undefined, 'remove')]);
    return node;
  }

  /** Returns what was replaced. @throws {FileSystemError} 'not-found', 'exists'. */
  rename(from: string, to: string): MemoryNode | undefined {
    const node = this.existing(from, 'rename');
    const replaced = this.find(to);
    if (replaced === node) return undefined;
    if (replaced?.kind === 'directory') throw new FileSystemError('exists', `rename ${from} to ${to}: a directory`);
    const target = this.step(to, node, `rename ${from} to`);
    this.change([this.step(from, undefined, 'rename'), target]);
    return replaced;
  }

  /** Makes the names of `directory` durable, and with them the other half of a rename. */
  sync(directory: MemoryDirectory): void {
    const waiting: Step[][] = [];
    for (const change of this.unsynced) {
      if (!change.some((step) => step.directory === directory)) {
        waiting.push(change);
        continue;
      }
      for (const step of change) {
        applyOnDisk(step);
        // An older change of the same name must not come back over this one.
        for (const older of waiting) removeStep(older, step);
      }
    }
    this.unsynced = waiting.filter((change) => change.length > 0);
  }

  /** The machine stopped: the names seen are now those on the disk. */
  crash(random: SeededRandom, fate: UnsyncedFate): void {
    if (fate !== 'kept') {
      for (const change of this.unsynced) {
        if (fate === 'by-seed' && random.integer(2) === 0) change.forEach(applyOnDisk);
      }
      this.unsynced = [];
      revert(this.root);
    }
    for (const [, node] of this.walk()) if (node.kind === 'file') node.crash(random, fate);
  }

  /** Every path and what it stands for, in a fixed order, directories before what is in them. */
  *walk(directory: MemoryDirectory = this.root, path = ''): Generator<readonly [string, MemoryNode]> {
    for (const name of [...directory.seen.keys()].sort()) {
      const node = directory.seen.get(name);
      if (node === undefined) continue;
      yield [`${path}/${name}`, node];
      if (node.kind === 'directory') yield* this.walk(node, `${path}/${name}`);
    }
  }

  private existing(path: string, operation: string): MemoryNode {
    const node = this.find(path);
    if (node === undefined) throw new FileSystemError('not-found', `${operation} ${path}: no such file`);
    return node;
  }

  private step(path: string, node: MemoryNode | undefined, operation: string): Step {
    const names = namesOf(path);
    const name = names.pop();
    if (name === undefined) throw new FileSystemError('denied', `${operation} ${path}: the root`);
    return { directory: this.directory(`/${names.join('/')}`, operation), name, node };
  }

  private change(steps: Step[]): void {
    for (const step of steps) {
      if (step.node === undefined) step.directory.seen.delete(step.name);
      else step.directory.seen.set(step.name, step.node);
    }
    this.unsynced.push(steps);
  }
}

function applyOnDisk(step: Step): void {
  if (step.node === undefined) step.directory.onDisk.delete(step.name);
  else step.directory.onDisk.set(step.name, step.node);
}

function removeStep(change: Step[], newer: Step): void {
  const at = change.findIndex((step) => step.directory === newer.directory && step.name === newer.name);
  if (at >= 0) change.splice(at, 1);
}

function revert(directory: MemoryDirectory): void {
  directory.seen = new Map(directory.onDisk);
  for (const node of directory.seen.values()) if (node.kind === 'directory') revert(node);
}

/** The names on the way from the root, `.` and `..` resolved. Relative paths start at the root. */
export function namesOf(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}
