import { announcedEntryBytes, checkEntry, ENTRY, type EntryHeader } from '#message-set';
import type { FileSystem } from '#platform';
import { endOf, type Segment, type Segments } from '../commit-log/segments.js';
import { LogWindow } from './log-window.js';

const PIECE_BYTES = 1024 * 1024;
/** A segment whose first bytes are all zero was prepared and never used. */
const FIRST_BYTES = 4096;

/**
 * Looks behind the `hole` where the log seems to end for an intact entry that was written when the log was already durable beyond the hole.
 * If there is one, the hole is not a torn tail: acknowledged bytes are gone. Groups are written one after the other, so a crash leaves none.
 */
export async function findSyncedBeyond(
  files: FileSystem,
  segments: Segments,
  hole: number,
): Promise<EntryHeader | undefined> {
  for (const segment of segments.all) {
    if (endOf(segment) <= hole) continue;
    const isLater = segment.startPosition > hole;
    if (isLater && (await isUnused(files, segments, segment))) continue;
    const found = await searchSegment(files, segments, segment, hole);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function isUnused(files: FileSystem, segments: Segments, segment: Segment): Promise<boolean> {
  const window = await LogWindow.open(files, segments, segment);
  try {
    const bytes = await window.load(segment.startPosition, Math.min(FIRST_BYTES, segment.sizeBytes));
    return bytes.subarray(0, FIRST_BYTES).every((byte) => byte === 0);
  } finally {
    await window.close();
  }
}

async function searchSegment(
  files: FileSystem,
  segments: Segments,
  segment: Segment,
  hole: number,
): Promise<EntryHeader | undefined> {
  const window = await LogWindow.open(files, segments, segment);
  const end = endOf(segment);
  try {
    let position = Math.max(segment.startPosition, hole);
    while (position < end) {
      const piece = (await window.load(position, Math.min(PIECE_BYTES, end - position))).subarray(0, PIECE_BYTES);
      if (piece.length === 0) return undefined;
      for (const at of candidatesIn(piece)) {
        const entry = await entryAt(window, position + at, end);
        if (entry !== undefined && entry.syncedTo > hole) return entry;
      }
      // A magic number may lie across two pieces; entries are aligned, so it does not.
      position += piece.length;
    }
    return undefined;
  } finally {
    await window.close();
  }
}

/** Places of the magic number at aligned positions. Pieces start at aligned positions. */
function candidatesIn(piece: Buffer): number[] {
  const found: number[] = [];
  for (
    let at = piece.indexOf(ENTRY.magicText, 0, 'latin1');
    at >= 0;
    at = piece.indexOf(ENTRY.magicText, at + 4, 'latin1')
  ) {
    if (at % ENTRY.alignmentBytes === 0) found.push(at);
  }
  return found;
}

async function entryAt(window: LogWindow, position: number, end: number): Promise<EntryHeader | undefined> {
  const header = await window.load(position, Math.min(12, end - position));
  const announced = announcedEntryBytes(header, 0);
  if (announced === undefined || announced > end - position) return undefined;
  const check = checkEntry(await window.load(position, announced), 0, position);
  return check.kind === 'entry' ? check.entry : undefined;
}
