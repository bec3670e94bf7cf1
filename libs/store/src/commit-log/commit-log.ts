import { ENTRY, entryBytes, writeEntryHeader } from '#message-set';
import { type FileHandle, invariant, type Platform } from '#platform';
import type { StoreOptions } from '../store.options.js';
import { StoreError } from '../store-error.js';
import { CommitGroup, type PlacedEntry } from './commit-group.js';
import { SegmentSupply } from './segment-supply.js';
import { endOf, firstSegmentBytes, type Segments } from './segments.js';
import type { TailCache } from './tail-cache.js';

/** What the log tells the store. */
export interface LogListener {
  /** The entries of `group` are on the disk. Called before its promise resolves. */
  groupDurable(group: CommitGroup): void;
  /** Nothing can be written any more. Called once, after every waiting promise was rejected. */
  logFailed(error: StoreError): void;
}

/** Where the log goes on. */
export interface LogStart {
  readonly epoch: number;
  /** End of what recovery found: all before it is durable. */
  readonly endPosition: number;
  readonly lastEntryPosition: number;
}

/**
 * The one writer of the log: gathers entries into groups and has one positioned, synced write in flight; the next group gathers meanwhile.
 *
 *   append -> the last gathering group -> [sealed: syncedTo and crc are filled in] -> one write -> groupDurable -> promise
 *
 * Invariant: group n + 1 is written only after group n is durable, so a hole in the log is never the work of a crash.
 * A short write or an error stops the log for good: what the disk holds is then unknown, and a sync is never tried twice.
 */
export class CommitLog {
  /** End of the last durable entry, and its start. */
  confirmedPosition: number;
  lastEntryPosition: number;
  private endPosition: number;
  private waitingBytes = 0;
  private readonly waiting: CommitGroup[] = [];
  private phase: 'idle' | 'scheduled' | 'writing' | 'waiting-for-segment' | 'failed' = 'idle';
  private open: { readonly segmentStart: number; readonly handle: FileHandle } | undefined;
  private readonly supply: SegmentSupply;
  /** Ends the wait of `close`. */
  private idle: (() => void) | undefined;

  constructor(
    private readonly parts: {
      readonly options: StoreOptions;
      readonly platform: Platform;
      readonly segments: Segments;
      readonly tail: TailCache;
      readonly listener: LogListener;
      readonly start: LogStart;
    },
  ) {
    const { options, platform, segments, start } = parts;
    this.confirmedPosition = start.endPosition;
    this.lastEntryPosition = start.lastEntryPosition;
    this.endPosition = start.endPosition;
    this.supply = new SegmentSupply(options, platform, segments, {
      segmentReady: () => this.segmentReady(),
      usedFraction: () => {
        const { startPosition, sizeBytes } = segments.planned(this.confirmedPosition, options);
        return (this.endPosition - startPosition) / sizeBytes;
      },
      spaceRanOut: (error) => this.spaceRanOut(error),
      supplyFailed: (error) => this.stop(error),
    });
  }

  /** Makes the first segment of a new log, and mends one that was cut short; later ones come by themselves. @throws {StoreError} 'disk-full' */
  async prepare(): Promise<void> {
    const { segments, options } = this.parts;
    const last = segments.all.at(-1);
    if (last === undefined) await this.supply.prepare();
    // Also the spare one: every segment to come must have room for the largest entry.
    else if (last.sizeBytes < firstSegmentBytes(options)) await this.supply.extend(last);
    this.supply.keepAhead(this.endPosition);
  }

  /** @throws {StoreError} why an entry of `sizeBytes` cannot be appended now. */
  checkRoom(sizeBytes: number): void {
    const { entryBytesMax, waitingBytesMax } = this.parts.options;
    if (this.phase === 'failed') throw new StoreError('failed', 'an earlier write failed');
    if (sizeBytes > entryBytesMax)
      throw new StoreError('too-large', `an entry of ${sizeBytes} bytes, the limit is ${entryBytesMax}`);
    if (this.waitingBytes + sizeBytes > waitingBytesMax) {
      throw new StoreError(
        'overloaded',
        `${this.waitingBytes} bytes wait for the disk, the limit is ${waitingBytesMax}`,
      );
    }
    if (this.supply.isOutOfSpace && this.placeFor(sizeBytes) + sizeBytes > this.parts.segments.endPosition) {
      throw new StoreError('disk-full', 'no space for the next log segment');
    }
  }

  /** Places `sets` (broker parts filled) as one entry; `checkRoom` has let it through in the same turn. The bytes are copied. */
  append(sets: readonly Buffer[], setsBytes: number, storedAtMs: number): { position: number; group: CommitGroup } {
    const sizeBytes = entryBytes(setsBytes);
    const position = this.placeFor(sizeBytes);
    const { bytes, at } = this.parts.tail.reserve(position, sizeBytes);
    let setAt = at + ENTRY.headerBytes;
    for (const set of sets) {
      set.copy(bytes, setAt);
      setAt += set.length;
    }
    bytes.fill(0, setAt, at + sizeBytes);
    const group = this.groupFor(position);
    group.add({ bytes, at, position, sizeBytes, setCount: sets.length, storedAtMs });
    this.endPosition = position + sizeBytes;
    this.waitingBytes += sizeBytes;
    if (this.phase === 'idle') {
      this.phase = 'scheduled';
      // At the end of this turn: a lone append waits for nobody, those of one turn go together.
      queueMicrotask(() => this.writeNext());
    }
    return { position, group };
  }

  /** Waits for what was appended, then closes the files. What waits for a segment that has no space is rejected: it may never come. */
  async close(): Promise<void> {
    if (this.waiting.length > 0 && this.phase !== 'failed') {
      const idle = new Promise<void>((resolve) => (this.idle = resolve));
      if (this.supply.isOutOfSpace) this.spaceRanOut(new StoreError('disk-full', 'no space for the next log segment'));
      await idle;
    }
    await this.supply.close();
    await this.open?.handle.close();
    this.open = undefined;
  }

  private placeFor(sizeBytes: number): number {
    const segmentEnd = endOf(this.parts.segments.planned(this.endPosition, this.parts.options));
    return this.endPosition + sizeBytes <= segmentEnd ? this.endPosition : segmentEnd;
  }

  private segmentStartOf(position: number): number {
    return this.parts.segments.planned(position, this.parts.options).startPosition;
  }

  private groupFor(position: number): CommitGroup {
    const last = this.waiting.at(-1);
    if (
      last !== undefined &&
      !last.isSealed &&
      last.endPosition === position &&
      last.sizeBytes < this.parts.options.groupBytesMax &&
      last.segmentStart === this.segmentStartOf(position)
    ) {
      return last;
    }
    const group = new CommitGroup(this.segmentStartOf(position), position);
    this.waiting.push(group);
    return group;
  }

  private writeNext(): void {
    const group = this.waiting[0];
    if (this.phase === 'failed') return;
    if (group === undefined) {
      this.phase = 'idle';
      this.idle?.();
      return;
    }
    if (this.parts.segments.at(group.startPosition) === undefined) {
      this.phase = 'waiting-for-segment';
      this.supply.keepAhead(group.startPosition - 1);
      return;
    }
    this.phase = 'writing';
    group.isSealed = true;
    for (const entry of group.entries) this.sealEntry(entry);
    this.write(group).then(
      () => this.written(group),
      (error: unknown) => this.stop(error),
    );
  }

  private sealEntry(entry: PlacedEntry): void {
    const { position, sizeBytes, setCount, storedAtMs } = entry;
    const { epoch } = this.parts.start;
    writeEntryHeader(entry.bytes, entry.at, {
      setCount,
      sizeBytes,
      epoch,
      position,
      syncedTo: this.confirmedPosition,
      storedAtMs,
    });
  }

  private async write(group: CommitGroup): Promise<void> {
    if (this.open?.segmentStart !== group.segmentStart) await this.openSegment(group.segmentStart);
    const chunks = this.parts.tail.chunks(group.startPosition, group.endPosition);
    const written = await this.open?.handle.write(chunks, group.startPosition - group.segmentStart);
    if (written !== group.sizeBytes) {
      throw new StoreError('failed', `wrote ${written} of ${group.sizeBytes} bytes at position ${group.startPosition}`);
    }
  }

  private async openSegment(segmentStart: number): Promise<void> {
    const { segments, platform } = this.parts;
    const segment = segments.at(segmentStart);
    invariant(segment?.startPosition === segmentStart, `a group starts in the segment at ${segmentStart}`);
    await this.open?.handle.close();
    this.open = {
      segmentStart,
      handle: await platform.files.open(segments.pathOf(segment), { access: 'write', syncWrites: true }),
    };
    this.supply.keepAhead(segmentStart);
  }

  private written(group: CommitGroup): void {
    this.waiting.shift();
    this.waitingBytes -= group.sizeBytes;
    this.confirmedPosition = group.endPosition;
    this.lastEntryPosition = group.entries.at(-1)?.position ?? this.lastEntryPosition;
    this.parts.listener.groupDurable(group);
    this.parts.tail.trim(this.confirmedPosition);
    group.confirm();
    this.writeNext();
  }

  private segmentReady(): void {
    if (this.phase === 'waiting-for-segment') this.writeNext();
    else this.supply.keepAhead(this.confirmedPosition);
  }

  private spaceRanOut(error: unknown): void {
    if (this.idle !== undefined && this.phase === 'waiting-for-segment') this.stop(error);
  }

  get hasFailed(): boolean {
    return this.phase === 'failed';
  }

  /** Stops for good: rejects all who wait. `cause` is the first thing that went wrong; later calls do nothing. */
  stop(cause: unknown): void {
    if (this.phase === 'failed') return;
    this.phase = 'failed';
    const error = new StoreError('failed', `the log cannot be written any more: ${String(cause)}`, { cause });
    for (const group of this.waiting) group.fail(error);
    this.waiting.length = 0;
    this.idle?.();
    this.parts.listener.logFailed(error);
  }
}
