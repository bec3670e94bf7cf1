/** Why a file operation failed. Closed list; see docs/ERRORS.md. */
export type FileSystemErrorCode =
  | 'not-found'
  | 'exists'
  | 'no-space'
  | 'io'
  | 'locked'
  | 'too-many-files'
  | 'denied'
  | 'crashed';

/** A condition of the disk or the operating system. The message names the operation and the path. */
export class FileSystemError extends Error {
  override readonly name = 'FileSystemError';
  constructor(
    readonly code: FileSystemErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`[${code}] ${detail}`, options);
  }
}

/** How to open a file. */
export interface OpenMode {
  /** `read`: must exist. `write`: read and write, must exist. `create`: read and write, made if missing. `create-new`: must not exist. */
  readonly access: 'read' | 'write' | 'create' | 'create-new';
  /** Every write returns only after its bytes are on the disk (O_DSYNC). Default false. */
  readonly syncWrites?: boolean;
}

/** One open file. Positions and sizes are in bytes. No method may be called after `close`. */
export interface FileHandle {
  /** Reads into `target` from `position`; resolves to the bytes read, fewer than `target.length` only at the end of the file. */
  read(target: Uint8Array, position: number): Promise<number>;
  /**
   * Writes `chunks` one after the other at `position` with one vectored call; resolves to the bytes written.
   * A short count means that the disk is (nearly) full: the operating system reports it *without* an error, so every caller compares.
   * The chunks must not change until the promise settles.
   */
  write(chunks: readonly Uint8Array[], position: number): Promise<number>;
  /** Makes all earlier writes of this file durable (fdatasync). After it fails the file's state is unknown: never retry it. */
  sync(): Promise<void>;
  /** Cuts or extends (with zeros) the file to `sizeBytes`. Not durable before `sync`. */
  truncate(sizeBytes: number): Promise<void>;
  sizeBytes(): Promise<number>;
  close(): Promise<void>;
}

/** A lock on a file, held until `release` or the end of the process, however it ends. */
export interface FileLock {
  release(): Promise<void>;
}

/**
 * Files, as every other library sees them. `node:fs` is banned outside libs/platform.
 * Names made, renamed or removed are durable only after `syncDirectory` of their directory.
 * @throws {FileSystemError} every method, with the operation and the path in the message.
 */
export interface FileSystem {
  open(path: string, mode: OpenMode): Promise<FileHandle>;
  /** Makes the directory and its missing parents (mode 0700). No error if it exists. */
  makeDirectory(path: string): Promise<void>;
  /** Names in the directory, sorted, without `.` and `..`. */
  list(path: string): Promise<string[]>;
  /** Size in bytes, or undefined if there is no such file. */
  sizeBytes(path: string): Promise<number | undefined>;
  /** Atomically; a file of the new name is replaced. */
  rename(from: string, to: string): Promise<void>;
  /** Takes a file or an empty directory. */
  remove(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  /** Takes the exclusive lock on `path` (made if missing) without waiting. @throws {FileSystemError} 'locked' when another process or handle has it. */
  lock(path: string): Promise<FileLock>;
  /** Bytes free for this user and bytes in all, on the disk that holds `path`. */
  space(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
}
