import { FileSystemError, type FileSystemErrorCode } from '../file-system.js';

/** Kinds of operation that a plan can count and fail. `sync` includes writes through handles with `syncWrites`. */
export type FileOperationKind =
  | 'open'
  | 'read'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'size'
  | 'close'
  | 'make-directory'
  | 'list'
  | 'rename'
  | 'remove'
  | 'sync-directory'
  | 'lock'
  | 'unlock'
  | 'space';

/** One operation as it begins. */
export interface FileOperation {
  /** Counts from 1 over the life of the MemoryFileSystem, crashes included. */
  readonly number: number;
  readonly kind: FileOperationKind;
  readonly path: string;
  /** The handle was opened with `syncWrites`. */
  readonly syncWrites: boolean;
}

/** Which files a fault is for: the exact path, a pattern, or a question. */
export type PathMatch = string | RegExp | ((path: string) => boolean);

/** A fault that happens once. */
export interface PlannedFault {
  readonly path: PathMatch;
  /** Which of the matching operations from now on fails; 1 is the next. Default 1. */
  readonly nth?: number;
}

interface Pending {
  readonly matches: (operation: FileOperation) => boolean;
  readonly code: FileSystemErrorCode;
  left: number;
}

/** What goes wrong on a memory file system, and when. */
export class FaultPlan {
  /** Asked before every operation; what it throws is how the operation fails, without having happened. */
  beforeOperation: ((operation: FileOperation) => void) | undefined;
  private count = 0;
  private crashNumber: number | undefined;
  private readonly pending: Pending[] = [];

  /** Operations begun so far. */
  get operationCount(): number {
    return this.count;
  }

  /** The operation with this number dies on its way (the seed says whether it took place, and nobody hears), and all later ones reject with 'crashed' until `crash()`. */
  crashAt(operationNumber: number): void {
    this.crashNumber = operationNumber;
  }

  /** Makes one sync, or one write of a `syncWrites` handle, fail with 'io'. What it should have made durable has an unknown fate, for good. */
  failSync(fault: PlannedFault): void {
    this.plan(
      (operation) => operation.kind === 'sync' || (operation.kind === 'write' && operation.syncWrites),
      'io',
      fault,
    );
  }

  /** Makes one operation of `kind` fail with `code` before it does anything. For syncs use `failSync`. */
  fail(kind: FileOperationKind, code: FileSystemErrorCode, fault: PlannedFault): void {
    this.plan((operation) => operation.kind === kind, code, fault);
  }

  /** Called by the file system: counts the operation and says what is planned for it. */
  begin(kind: FileOperationKind, path: string, syncWrites: boolean): 'crash' | FileSystemError | undefined {
    const operation: FileOperation = { number: ++this.count, kind, path, syncWrites };
    this.beforeOperation?.(operation);
    if (this.crashNumber !== undefined && operation.number >= this.crashNumber) {
      this.crashNumber = undefined;
      return 'crash';
    }
    // A fault that is due while another one fires waits for the next matching operation.
    const due = this.pending.filter((each) => each.matches(operation) && --each.left <= 0)[0];
    if (due === undefined) return undefined;
    this.pending.splice(this.pending.indexOf(due), 1);
    return new FileSystemError(due.code, `${kind} ${path}: as planned by the test`);
  }

  private plan(wanted: (operation: FileOperation) => boolean, code: FileSystemErrorCode, fault: PlannedFault): void {
    const { path, nth = 1 } = fault;
    this.pending.push({
      matches: (operation) => wanted(operation) && matchesPath(path, operation.path),
      code,
      left: nth,
    });
  }
}

function matchesPath(match: PathMatch, path: string): boolean {
  if (typeof match === 'string') return match === path;
  return match instanceof RegExp ? match.test(path) : match(path);
}
