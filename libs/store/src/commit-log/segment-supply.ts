import { type FileHandle, FileSystemError, type Platform, type Timer } from '#platform';
import type { StoreOptions } from '../store.options.js';
import { StoreError } from '../store-error.js';
import { endOf, firstSegmentBytes, type Segment, type Segments, segmentName } from './segments.js';

const ZEROS = Buffer.alloc(1024 * 1024);
const TEMPORARY_NAME = 'next.tmp';
/** So far ahead of the log, as a part of a segment, the next segment is made at half speed only. */
const LEAD_FRACTION = 0.25;

/** What the supply tells the log. */
export interface SupplyListener {
  /** A new segment can be written. */
  segmentReady(): void;
  /** How much of the current segment is used, in [0, 1]; above when it is outgrown. */
  usedFraction(): number;
  /** There is no space for the next segment; called at every try that finds so. */
  spaceRanOut(error: unknown): void;
  /** Something other than a full disk: the store must stop. */
  supplyFailed(error: unknown): void;
}

/**
 * Makes segments ahead of need: full of zeros and synced before they are named, so that a group's write changes no metadata of the file
 * system (measured: three times the groups per second) and cannot run out of space.
 *
 * Phases: idle (a spare segment exists, or none was asked for), preparing, out of space (tried again by the clock).
 */
export class SegmentSupply {
  private phase: 'idle' | 'preparing' | 'no-space' | 'closed' = 'idle';
  private lacksSpace = false;
  private retry: Timer | undefined;
  private work: Promise<void> = Promise.resolve();
  private readonly closing = new AbortController();

  constructor(
    private readonly options: StoreOptions,
    private readonly platform: Platform,
    private readonly segments: Segments,
    private readonly listener: SupplyListener,
  ) {}

  /** Whether new segments cannot be made for now: from the try that failed to the one that succeeds. */
  get isOutOfSpace(): boolean {
    return this.lacksSpace;
  }

  /** Sees to it that there is a segment after the one that holds `position`. */
  keepAhead(position: number): void {
    const current = this.segments.at(position);
    const isAhead = current !== undefined && endOf(current) < this.segments.endPosition;
    if (isAhead || this.phase !== 'idle') return;
    this.phase = 'preparing';
    this.work = this.prepare().then(
      () => {
        if (this.phase === 'closed') return;
        this.phase = 'idle';
        this.lacksSpace = false;
        this.listener.segmentReady();
      },
      (error: unknown) => this.prepareFailed(error, position),
    );
  }

  /** Makes the next segment; resolves when it is durable and in the list. @throws {StoreError} 'disk-full' */
  async prepare(): Promise<void> {
    const { files } = this.platform;
    const { minFreeBytes } = this.options;
    const { startPosition, sizeBytes } = this.segments.planned(this.segments.endPosition, this.options);
    const space = await files.space(this.segments.directory);
    if (space.freeBytes < sizeBytes + minFreeBytes) {
      throw new StoreError(
        'disk-full',
        `${space.freeBytes} bytes free, a segment of ${sizeBytes} and a reserve of ${minFreeBytes} are needed`,
      );
    }
    const temporary = `${this.segments.directory}/${TEMPORARY_NAME}`;
    try {
      await this.writeZeros(temporary, 0, sizeBytes);
    } catch (error) {
      // What it took of a disk that is almost full is needed by others.
      await files.remove(temporary).catch(() => {});
      throw error;
    }
    if (this.phase === 'closed') return;
    await files.rename(temporary, `${this.segments.directory}/${segmentName(startPosition)}`);
    await files.syncDirectory(this.segments.directory);
    this.segments.add({ startPosition, sizeBytes });
  }

  /** Makes a segment that was cut short (or made by a process with smaller entries) large enough for any entry. Only for the last one. */
  async extend(segment: Segment): Promise<void> {
    const sizeBytes = firstSegmentBytes(this.options);
    await this.writeZeros(this.segments.pathOf(segment), segment.sizeBytes, sizeBytes);
    this.segments.removeLast();
    this.segments.add({ startPosition: segment.startPosition, sizeBytes });
  }

  /** Stops preparing and waits for what it is doing. */
  async close(): Promise<void> {
    this.phase = 'closed';
    this.retry?.cancel();
    this.closing.abort();
    await this.work;
  }

  private async writeZeros(path: string, fromBytes: number, toBytes: number): Promise<void> {
    // Synced write by write: one large sync at the end would hold up the groups that are written meanwhile.
    const handle = await this.platform.files.open(path, { access: 'create', syncWrites: true });
    try {
      // An earlier process may have left more of a segment that it never finished.
      await handle.truncate(fromBytes);
      for (let at = fromBytes; at < toBytes && this.phase !== 'closed'; ) {
        const startedMs = this.platform.clock.monotonicMs();
        at += await writePiece(handle, at, toBytes);
        await this.giveWay(at / toBytes, this.platform.clock.monotonicMs() - startedMs);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Leaves the disk to the groups for as long as the last piece took, while there is time. */
  private async giveWay(doneFraction: number, pieceMs: number): Promise<void> {
    const isEarly = doneFraction > this.listener.usedFraction() + LEAD_FRACTION;
    if (!isEarly || pieceMs === 0 || this.phase !== 'preparing') return;
    await this.platform.clock.sleep(pieceMs, this.closing.signal).catch(() => {});
  }

  private prepareFailed(error: unknown, position: number): void {
    if (this.phase === 'closed') return;
    if (!isNoSpace(error)) {
      this.phase = 'closed';
      this.listener.supplyFailed(error);
      return;
    }
    if (!this.lacksSpace) this.platform.logger.warn('no space for the next log segment', { reason: String(error) });
    this.lacksSpace = true;
    this.phase = 'no-space';
    this.retry = this.platform.clock.schedule(this.options.spaceCheckIntervalMs, () => {
      this.phase = 'idle';
      this.keepAhead(position);
    });
    this.retry.unref();
    this.listener.spaceRanOut(error);
  }
}

async function writePiece(handle: FileHandle, at: number, toBytes: number): Promise<number> {
  const piece = ZEROS.subarray(0, Math.min(ZEROS.length, toBytes - at));
  const written = await handle.write([piece], at);
  if (written !== piece.length) throw new StoreError('disk-full', `wrote ${written} of ${piece.length} zeros`);
  return written;
}

/** Whether `error` says that the disk is full. */
export function isNoSpace(error: unknown): boolean {
  return (
    (error instanceof StoreError && error.code === 'disk-full') ||
    (error instanceof FileSystemError && error.code === 'no-space')
  );
}
