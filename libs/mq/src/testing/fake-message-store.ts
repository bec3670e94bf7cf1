import { fillBrokerPart, viewMessageSet } from '#message-set';
import type { Appended, ConfirmedListener, MessageStore, QueueRange, StoredRead } from '#store';

interface Entry {
  readonly position: number;
  readonly endPosition: number;
  readonly storedAtMs: number;
  readonly sets: readonly Buffer[];
}

interface PendingEntry extends Entry {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** What survives a crash: the entries that were confirmed, the replay position and the epoch. */
export interface FakeDisk {
  readonly entries: Entry[];
  replayPosition: number;
  epoch: number;
}

/** An empty disk. */
export function fakeDisk(): FakeDisk {
  return { entries: [], replayPosition: 0, epoch: 0 };
}

/**
 * A message store in memory that makes entries durable when told to (`confirm`) or by itself (`isAutomatic`), so that a crash between append
 * and confirmation can be played: drop it and open another one on the same disk.
 */
export class FakeMessageStore implements MessageStore {
  readonly epoch: number;
  /** Confirms every append in a microtask. */
  isAutomatic = true;
  /** Thrown by the next appends instead of storing. */
  appendError: Error | undefined;
  /** Reads wait for this. */
  readGate: Promise<void> = Promise.resolve();
  /** Offsets below were deleted by retention, for every queue. */
  startOffset = 0;
  readonly failed: Promise<Error>;
  private reportFailure: (error: Error) => void = () => {};
  private readonly pending: PendingEntry[] = [];
  private readonly nextOffsets = new Map<string, number>();
  private readonly queues = new Map<string, Buffer[]>();
  private position = 0;

  constructor(
    private readonly disk: FakeDisk,
    private readonly listener: ConfirmedListener,
    private readonly wallMs: () => number,
  ) {
    this.failed = new Promise((resolve) => {
      this.reportFailure = resolve;
    });
    disk.epoch += 1;
    this.epoch = disk.epoch;
    for (const entry of disk.entries) {
      this.position = entry.endPosition;
      for (const set of entry.sets) this.index(set);
      if (entry.position >= disk.replayPosition) this.tell(entry, true);
    }
    this.listener.groupConfirmed();
  }

  get confirmedPosition(): number {
    return this.disk.entries.at(-1)?.endPosition ?? 0;
  }

  get pendingCount(): number {
    return this.pending.length;
  }

  append(sets: readonly Buffer[]): Appended {
    if (this.appendError !== undefined) throw this.appendError;
    const position = this.position;
    const storedAtMs = this.wallMs();
    let sizeBytes = 0;
    const baseOffsets = sets.map((set) => {
      sizeBytes += set.length;
      const view = viewMessageSet(set);
      if (view.kind !== 'messages') {
        fillBrokerPart(set, 0, 0, storedAtMs);
        return -1;
      }
      const key = `${view.topic}/${view.queueId}`;
      const baseOffset = this.nextOffsets.get(key) ?? 0;
      this.nextOffsets.set(key, baseOffset + view.messageCount);
      fillBrokerPart(set, 0, baseOffset, storedAtMs);
      return baseOffset;
    });
    this.position = position + sizeBytes;
    let resolve = () => {};
    let reject: (error: Error) => void = () => {};
    const durable = new Promise<void>((onDurable, onFailed) => {
      resolve = onDurable;
      reject = onFailed;
    });
    this.pending.push({ position, endPosition: this.position, storedAtMs, sets, resolve, reject });
    if (this.isAutomatic) queueMicrotask(() => this.isAutomatic && this.confirm());
    return { position, endPosition: this.position, storedAtMs, baseOffsets, durable };
  }

  /** Makes the `count` oldest pending entries durable, as one group. */
  confirm(count = this.pending.length): void {
    const group = this.pending.splice(0, count);
    for (const { position, endPosition, storedAtMs, sets } of group) {
      const entry = { position, endPosition, storedAtMs, sets: sets.map((set) => Buffer.from(set)) };
      this.disk.entries.push(entry);
      for (const set of entry.sets) this.index(set);
      this.tell(entry, false);
    }
    if (group.length === 0) return;
    this.listener.groupConfirmed();
    for (const { resolve } of group) resolve();
  }

  /** The disk broke: nothing pending is durable. */
  fail(error: Error): void {
    for (const { reject } of this.pending.splice(0)) reject(error);
    this.appendError = error;
    this.reportFailure(error);
  }

  queueRange(topic: string, queueId: number): QueueRange {
    const sets = this.queues.get(`${topic}/${queueId}`);
    const last = sets?.at(-1);
    if (last === undefined) return { startOffset: 0, endOffset: 0 };
    const { baseOffset, messageCount } = viewMessageSet(last);
    return { startOffset: this.startOffset, endOffset: baseOffset + messageCount };
  }

  async read(topic: string, queueId: number, fromOffset: number, bytesMax: number): Promise<StoredRead> {
    await this.readGate;
    if (fromOffset < this.startOffset) return { kind: 'gone', startOffset: this.startOffset };
    const sets: Buffer[] = [];
    const storedAtMs: number[] = [];
    let leftBytes = bytesMax;
    let nextOffset = fromOffset;
    for (const set of this.queues.get(`${topic}/${queueId}`) ?? []) {
      const view = viewMessageSet(set);
      if (view.baseOffset + view.messageCount <= fromOffset) continue;
      if (sets.length > 0 && set.length > leftBytes) break;
      sets.push(set);
      storedAtMs.push(view.storedAtMs);
      leftBytes -= set.length;
      nextOffset = view.baseOffset + view.messageCount;
    }
    return sets.length === 0 ? { kind: 'empty' } : { kind: 'found', sets, storedAtMs, nextOffset };
  }

  setReplayPosition(position: number): void {
    this.disk.replayPosition = position;
  }

  async close(): Promise<void> {
    this.appendError = new Error('closed');
  }

  private index(set: Buffer): void {
    const view = viewMessageSet(set);
    if (view.kind !== 'messages') return;
    const key = `${view.topic}/${view.queueId}`;
    const sets = this.queues.get(key);
    if (sets === undefined) this.queues.set(key, [set]);
    else sets.push(set);
    this.nextOffsets.set(key, view.baseOffset + view.messageCount);
  }

  private tell(entry: Entry, isReplay: boolean): void {
    let position = entry.position;
    for (const bytes of entry.sets) {
      this.listener.confirmed({ position, storedAtMs: entry.storedAtMs, bytes, isReplay });
      position += bytes.length;
    }
  }
}
