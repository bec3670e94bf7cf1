import { ENTRY, entryBytes, setBytes, viewMessageSet } from '#message-set';
import type { FileLock, Platform } from '#platform';
import type { CheckpointFile } from './checkpoint-file.js';
import type { Checkpointer } from './checkpointer.js';
import type { CommitGroup, PlacedEntry } from './commit-log/commit-group.js';
import type { CommitLog } from './commit-log/commit-log.js';
import type { SetPlace } from './consume-queue/consume-queue.format.js';
import { SLOT_BYTES } from './consume-queue/consume-queue.format.js';
import type { ConsumeQueues } from './consume-queue/consume-queues.js';
import type { SlotFiles } from './consume-queue/slot-files.js';
import type { LogReader } from './log-reader.js';
import type { Appended, ConfirmedListener, MessageStore, QueueRange, StoredRead } from './message-store.js';
import type { SpaceWatch } from './space-watch.js';
import { StoreError } from './store-error.js';

/** What a store is made of; `openMessageStore` puts it together. */
export interface StoreParts {
  readonly platform: Platform;
  readonly epoch: number;
  readonly log: CommitLog;
  readonly queues: ConsumeQueues;
  readonly reader: LogReader;
  readonly checkpointer: Checkpointer;
  readonly space: SpaceWatch;
  readonly listener: ConfirmedListener;
  readonly failure: Promise<Error>;
  /** What `close` gives back, after all else. */
  readonly held: { readonly lock: FileLock; readonly slotFiles: SlotFiles; readonly checkpointFile: CheckpointFile };
}

/** The write path (`append`, then `groupDurable`) and the read path (`read`) of the store, each in order. */
export class FileMessageStore implements MessageStore {
  private lastStoredAtMs: number;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly parts: StoreParts,
    lastStoredAtMs: number,
  ) {
    this.lastStoredAtMs = lastStoredAtMs;
  }

  get epoch(): number {
    return this.parts.epoch;
  }

  get confirmedPosition(): number {
    return this.parts.log.confirmedPosition;
  }

  get failed(): Promise<Error> {
    return this.parts.failure;
  }

  append(sets: readonly Buffer[]): Appended {
    this.checkOpen();
    let setsBytes = 0;
    for (const set of sets) setsBytes += set.length;
    const sizeBytes = entryBytes(setsBytes);
    this.parts.log.checkRoom(sizeBytes);
    if (this.parts.space.isLow && sets.some(holdsMessages))
      throw new StoreError('disk-full', 'the disk is almost full');
    const storedAtMs = this.nextStoreTime();
    const baseOffsets = this.parts.queues.assign(sets, storedAtMs);
    const { position, group } = this.parts.log.append(sets, setsBytes, storedAtMs);
    return { position, endPosition: position + sizeBytes, storedAtMs, baseOffsets, durable: group.durable };
  }

  /** The second half of an append, called by the log once the group is on the disk: now it is true, so whoever derives state hears of it. */
  groupDurable(group: CommitGroup): void {
    for (const entry of group.entries) this.entryDurable(entry);
    this.parts.listener.groupConfirmed();
  }

  queueRange(topic: string, queueId: number): QueueRange {
    const queue = this.parts.queues.find(topic, queueId);
    return queue === undefined ? NO_MESSAGES : { startOffset: queue.startOffset, endOffset: queue.endOffset };
  }

  async read(topic: string, queueId: number, fromOffset: number, bytesMax: number): Promise<StoredRead> {
    this.checkOpen();
    const queue = this.parts.queues.find(topic, queueId);
    if (queue === undefined || fromOffset >= queue.endOffset) return { kind: 'empty' };
    if (fromOffset < queue.startOffset) return { kind: 'gone', startOffset: queue.startOffset };
    const places = upTo(bytesMax, await this.parts.queues.placesFrom(queue, fromOffset));
    const sets = await this.parts.reader.read(places);
    const storedAtMs: number[] = [];
    let nextOffset = fromOffset;
    for (const set of sets) {
      const view = viewMessageSet(set);
      const isNext = nextOffset === fromOffset ? view.baseOffset <= fromOffset : view.baseOffset === nextOffset;
      if (
        view.topic !== topic ||
        view.queueId !== queueId ||
        !isNext ||
        view.baseOffset + view.messageCount <= nextOffset
      ) {
        const found = `${view.topic}/${view.queueId} at offset ${view.baseOffset}`;
        throw new StoreError(
          'damaged',
          `the slot of ${topic}/${queueId} at offset ${nextOffset} points to a set of ${found}`,
        );
      }
      storedAtMs.push(view.storedAtMs);
      nextOffset = view.baseOffset + view.messageCount;
    }
    return { kind: 'found', sets, storedAtMs, nextOffset };
  }

  setReplayPosition(position: number): void {
    this.parts.checkpointer.setReplayPosition(position);
  }

  close(): Promise<void> {
    this.closing ??= this.closeInOrder();
    return this.closing;
  }

  private entryDurable(entry: PlacedEntry): void {
    const { queues, listener, checkpointer } = this.parts;
    let at = entry.at + ENTRY.headerBytes;
    for (let i = 0; i < entry.setCount; i++) {
      const end = at + setBytes(entry.bytes, at);
      const bytes = entry.bytes.subarray(at, end);
      const position = entry.position + at - entry.at;
      const view = viewMessageSet(bytes);
      queues.add(view, position);
      if (view.kind === 'messages') checkpointer.slotsAdded(view.messageCount * SLOT_BYTES);
      listener.confirmed({ position, storedAtMs: entry.storedAtMs, bytes, isReplay: false });
      at = end;
    }
  }

  /** Wall time that never goes back, also over restarts: consumers may rely on the order. */
  private nextStoreTime(): number {
    this.lastStoredAtMs = Math.max(this.lastStoredAtMs, Math.floor(this.parts.platform.clock.wallMs()));
    return this.lastStoredAtMs;
  }

  private checkOpen(): void {
    if (this.closing !== undefined) throw new StoreError('closed', 'the store was closed');
  }

  private async closeInOrder(): Promise<void> {
    const { log, checkpointer, space, reader, held } = this.parts;
    await log.close();
    if (!log.hasFailed) await checkpointer.close();
    else await checkpointer.abandon();
    await space.close();
    await reader.close();
    await held.slotFiles.close();
    await held.checkpointFile.close();
    await held.lock.release();
  }
}

const NO_MESSAGES: QueueRange = Object.freeze({ startOffset: 0, endOffset: 0 });

function holdsMessages(set: Buffer): boolean {
  return viewMessageSet(set).kind === 'messages';
}

/** The first places that have `bytesMax` together, at least one. */
function upTo(bytesMax: number, places: readonly SetPlace[]): readonly SetPlace[] {
  let bytes = 0;
  const end = places.findIndex((place, index) => {
    bytes += place.sizeBytes;
    return index > 0 && bytes > bytesMax;
  });
  return end < 0 ? places : places.slice(0, end);
}
