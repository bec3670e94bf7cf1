/** Why the store refused or stopped. Closed list; see docs/ERRORS.md. */
export type StoreErrorCode =
  /** Another process has the data directory. Names the directory and, where known, the holder. */
  | 'in-use'
  /** Bytes that were acknowledged are missing or changed. Names the positions; nothing was changed on the disk. */
  | 'damaged'
  /** Written by a later version of this program. */
  | 'newer-format'
  /** No room; reading goes on. Retryable: appending goes on by itself when there is space again. */
  | 'disk-full'
  /** Too much is waiting for the disk. Retryable. */
  | 'overloaded'
  /** The entry is larger than `entryBytesMax`. */
  | 'too-large'
  /** A set whose length or topic cannot be stored; `checkMessageSet` would have found it. */
  | 'bad-set'
  /** The store was closed. */
  | 'closed'
  /** A write or a sync failed, now or earlier: the store has stopped for good, and what was in flight has an unknown outcome. */
  | 'failed';

/** A condition of the disk or of what was given, never a bug of this library. The message carries the numbers. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly code: StoreErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`[${code}] ${detail}`, options);
  }
}
