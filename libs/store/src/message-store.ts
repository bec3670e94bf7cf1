/** Where an append was placed. Known at once; durable only when `durable` resolved. */
export interface Appended {
  /** First byte of the entry in the log, and first byte after it. */
  readonly position: number;
  readonly endPosition: number;
  readonly storedAtMs: number;
  /** Base offset of each set, same order as given; -1 for control and snapshot sets, which take none. */
  readonly baseOffsets: readonly number[];
  /**
   * Resolves once the entry is on the disk *and* every listener has seen it as confirmed. One promise shared by the whole commit group.
   * Rejects with StoreError 'failed' (outcome unknown) when the write or the sync failed: the store has then stopped for good.
   */
  readonly durable: Promise<void>;
}

/** One set of a confirmed entry, as a listener sees it. The buffer is valid during the call only unless copied. */
export interface ConfirmedSet {
  /** Position of the set's first byte (its broker part) in the log. */
  readonly position: number;
  readonly storedAtMs: number;
  /** Broker part and client part. */
  readonly bytes: Buffer;
  /** True while the log is replayed at start. */
  readonly isReplay: boolean;
}

/** Told of every durable set in log order, live and, at start, again from the replay position: state derived here is a function of the log. */
export interface ConfirmedListener {
  confirmed(set: ConfirmedSet): void;
  /** The group is done: wake whoever waits for arrivals. Not called per set. */
  groupConfirmed(): void;
}

/** What a read found. `sets` cover `[fromOffset, nextOffset)`; the first may begin before `fromOffset`. */
export type StoredRead =
  | {
      readonly kind: 'found';
      readonly sets: readonly Buffer[];
      readonly storedAtMs: readonly number[];
      readonly nextOffset: number;
    }
  | { readonly kind: 'empty' }
  /** The offset was deleted by retention; reading goes on at `startOffset`. */
  | { readonly kind: 'gone'; readonly startOffset: number };

/** The offsets of one queue that can be read now (confirmed): `[startOffset, endOffset)`. */
export interface QueueRange {
  readonly startOffset: number;
  readonly endOffset: number;
}

/** The commit log with its derived files: the whole storage of one broker. Knows topics and queues as keys, nothing of groups. */
export interface MessageStore {
  /** Rises by one at every start; part of every entry. */
  readonly epoch: number;
  /**
   * Places one entry of `sets` (all or none) at the end of the log. Synchronous: order of calls = order in the log.
   * Each buffer is an encoded set with room for the broker part; the store fills that part in place and copies the bytes, so the buffer is the
   * caller's again on return.
   * @throws {StoreError} 'too-large', 'bad-set', 'disk-full', 'overloaded', 'closed', 'failed'; nothing was stored then. When the disk runs low,
   * entries without messages (state records) are still taken as long as the log has room, so that reading and settling go on.
   */
  append(sets: readonly Buffer[]): Appended;
  /** Offsets that can be read now; both 0 for a queue that was never written. */
  queueRange(topic: string, queueId: number): QueueRange;
  /** Reads whole stored sets from `fromOffset` on, at least one set, else up to `bytesMax`. Cheap for the tail (memory). @throws {StoreError} 'damaged', 'closed' */
  read(topic: string, queueId: number, fromOffset: number, bytesMax: number): Promise<StoredRead>;
  /** First byte after the last durable entry. */
  readonly confirmedPosition: number;
  /** Resolves with the reason when a write or a sync failed: the store has stopped for good and the process should end. Else never settles. */
  readonly failed: Promise<Error>;
  /**
   * Remembers that replay may start at `position` (that of a snapshot entry) next time. Older snapshots stay readable until retention.
   */
  setReplayPosition(position: number): void;
  /** Waits for what is in flight, writes the derived files and the checkpoint, releases the lock. */
  close(): Promise<void>;
}
