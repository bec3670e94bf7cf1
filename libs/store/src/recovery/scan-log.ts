import { announcedEntryBytes, checkEntry, ENTRY, type EntryCheck, type EntryHeader } from '#message-set';
import type { FileSystem } from '#platform';
import { endOf, type Segment, type Segments } from '../commit-log/segments.js';
import { LogWindow } from './log-window.js';

/** Where a scan starts and what it may meet there. */
export interface ScanStart {
  readonly position: number;
  /** No entry from here on has a lower epoch. */
  readonly epoch: number;
  /** The entry that ends at `position`; `position` itself if there is none. */
  readonly lastEntryPosition: number;
}

/** How far a scan came: entries without a gap up to `position`, and what stands there instead of the next one. */
export interface ScanEnd extends ScanStart {
  /** Everything before it was durable when the last entry was written; the start if there was no entry. */
  readonly syncedTo: number;
  readonly stop: Exclude<EntryCheck, { kind: 'entry' }>;
}

/** An entry as a scan meets it: `bytes[0]` is its first byte; valid during the call. A promise is waited for. */
export type VisitEntry = (bytes: Buffer, entry: EntryHeader) => void | Promise<void>;

/**
 * Visits every entry from `start` up to the first place where none goes on.
 *
 * An entry goes on if it is intact, names its own position, and its epoch is not below its predecessor's: neither what an earlier life of the
 * log left behind the end, nor recycled bytes, fit. Where a segment has no room for the next entry, the log goes on in the next
 * segment, whose first entry says so: it was written when everything before was synced, so its syncedTo is the end of this one.
 */
export async function scanLog(
  files: FileSystem,
  segments: Segments,
  start: ScanStart,
  visit: VisitEntry,
): Promise<ScanEnd> {
  let reached: ScanEnd = { ...start, syncedTo: start.position, stop: { kind: 'blank' } };
  let segment = segments.at(start.position);
  if (segment === undefined) segment = segments.all.find((each) => endOf(each) === start.position);
  while (segment !== undefined) {
    reached = await scanSegment(files, segments, segment, reached, visit);
    const next = segments.at(endOf(segment));
    if (next === undefined || !(await goesOn(files, segments, next, reached))) return reached;
    reached = { ...reached, position: next.startPosition };
    segment = next;
  }
  return reached;
}

async function scanSegment(
  files: FileSystem,
  segments: Segments,
  segment: Segment,
  start: ScanEnd,
  visit: VisitEntry,
): Promise<ScanEnd> {
  const window = await LogWindow.open(files, segments, segment);
  try {
    let { position, epoch, lastEntryPosition, syncedTo } = start;
    for (;;) {
      const bytes = await entryAt(window, position, segment);
      const check = checkEntry(bytes, 0, position);
      const stop = check.kind === 'entry' ? staleness(check.entry, epoch) : check;
      if (stop !== undefined || check.kind !== 'entry')
        return { position, epoch, lastEntryPosition, syncedTo, stop: stop ?? { kind: 'blank' } };
      const visited = visit(bytes.subarray(0, check.entry.sizeBytes), check.entry);
      if (visited !== undefined) await visited;
      epoch = check.entry.epoch;
      syncedTo = check.entry.syncedTo;
      lastEntryPosition = position;
      position += check.entry.sizeBytes;
    }
  } finally {
    await window.close();
  }
}

/** As many bytes as the entry announces, without a promise where the window has them; never more than the segment has. */
function entryAt(window: LogWindow, position: number, segment: Segment): Buffer | Promise<Buffer> {
  const header = window.held(position, ENTRY.headerBytes);
  const announced = header === undefined ? undefined : boundedSize(header, position, segment);
  const whole = announced === undefined ? undefined : window.held(position, announced);
  return whole ?? loadEntry(window, position, segment);
}

async function loadEntry(window: LogWindow, position: number, segment: Segment): Promise<Buffer> {
  const header = await window.load(position, Math.min(ENTRY.headerBytes, endOf(segment) - position));
  return window.load(position, Math.min(boundedSize(header, position, segment), endOf(segment) - position));
}

function boundedSize(header: Buffer, position: number, segment: Segment): number {
  const announced = announcedEntryBytes(header, 0) ?? ENTRY.headerBytes;
  return announced <= endOf(segment) - position ? announced : ENTRY.headerBytes;
}

function staleness(entry: EntryHeader, epoch: number): Exclude<EntryCheck, { kind: 'entry' }> | undefined {
  return entry.epoch < epoch
    ? { kind: 'damaged', detail: `an entry of epoch ${entry.epoch} after one of epoch ${epoch}` }
    : undefined;
}

async function goesOn(files: FileSystem, segments: Segments, next: Segment, reached: ScanEnd): Promise<boolean> {
  const first = await firstEntry(files, segments, next);
  return first !== undefined && first.epoch >= reached.epoch && first.syncedTo === reached.position;
}

async function firstEntry(files: FileSystem, segments: Segments, segment: Segment): Promise<EntryHeader | undefined> {
  const window = await LogWindow.open(files, segments, segment);
  try {
    const check = checkEntry(await loadEntry(window, segment.startPosition, segment), 0, segment.startPosition);
    return check.kind === 'entry' ? check.entry : undefined;
  } finally {
    await window.close();
  }
}
