import type { Platform } from '#platform';
import type { Checkpoint } from '../checkpoint.format.js';
import type { Segments } from '../commit-log/segments.js';
import { StoreError } from '../store-error.js';
import { findSyncedBeyond } from './find-synced-beyond.js';
import { type ScanEnd, scanLog } from './scan-log.js';

/** Where the log ends, and whether the checkpoint belongs to it. */
export interface RecoveredLog extends ScanEnd {
  /** Undefined: there is none, or it says something that the log does not bear out, so the derived files are built from the start. */
  readonly checkpoint: Checkpoint | undefined;
}

/**
 * Finds the end of the log, from the checkpoint on if it belongs to this log, else from the start. Changes nothing on the disk.
 * @throws {StoreError} 'damaged' when acknowledged bytes are missing; 'newer-format'
 */
export async function recoverLog(
  platform: Platform,
  segments: Segments,
  claimed: Checkpoint | undefined,
): Promise<RecoveredLog> {
  const { files, logger } = platform;
  if (claimed !== undefined) {
    const found = await endFrom(platform, segments, claimed);
    if (found !== undefined) return { ...found, checkpoint: claimed };
    logger.warn('the checkpoint does not fit the log, reading the log from its start', { position: claimed.position });
  }
  const position = segments.all[0]?.startPosition ?? 0;
  const end = await scanLog(files, segments, { position, epoch: 0, lastEntryPosition: position }, () => {});
  await refuseDamage(platform, segments, end);
  if (claimed !== undefined && claimed.position > end.position) {
    logger.error('the log ends before the position that its checkpoint knows as durable', {
      endPosition: end.position,
      checkpointPosition: claimed.position,
    });
  }
  return { ...end, checkpoint: undefined };
}

/** The end of the log behind a checkpoint; undefined if the checkpoint is not one of this log, or only reading from the start can tell. */
async function endFrom(platform: Platform, segments: Segments, checkpoint: Checkpoint): Promise<ScanEnd | undefined> {
  const { position, epoch, lastEntryPosition } = checkpoint;
  const logStart = segments.all[0]?.startPosition ?? 0;
  if (position < logStart || position > segments.endPosition || lastEntryPosition > position) return undefined;
  if (lastEntryPosition < position && !(await endsAt(platform, segments, lastEntryPosition, position)))
    return undefined;
  if (lastEntryPosition === position && position !== logStart) return undefined;
  const end = await scanLog(platform.files, segments, { position, epoch, lastEntryPosition }, () => {});
  await refuseDamage(platform, segments, end);
  return end;
}

/** Whether the entry at `start` ends at `end`. */
async function endsAt(platform: Platform, segments: Segments, start: number, end: number): Promise<boolean> {
  let isEnd = false;
  const stopped = new Error('seen');
  const look = (_: Buffer, entry: { readonly position: number; readonly sizeBytes: number }) => {
    isEnd = entry.position + entry.sizeBytes === end;
    throw stopped;
  };
  try {
    await scanLog(platform.files, segments, { position: start, epoch: 0, lastEntryPosition: start }, look);
  } catch (error) {
    if (error !== stopped) throw error;
  }
  return isEnd;
}

async function refuseDamage(platform: Platform, segments: Segments, end: ScanEnd): Promise<void> {
  const { stop, position } = end;
  if (stop.kind === 'newer')
    throw new StoreError('newer-format', `the entry at position ${position} has version ${stop.version}`);
  const later = await findSyncedBeyond(platform.files, segments, position);
  if (later !== undefined) {
    const reason =
      stop.kind === 'blank' ? 'zeros' : stop.kind === 'foreign' ? `the entry of ${stop.position}` : stop.detail;
    throw new StoreError(
      'damaged',
      `the log has a hole at position ${position} (${reason}), but the entry at ${later.position} was written when everything before ${later.syncedTo} was durable`,
    );
  }
  if (stop.kind !== 'blank') {
    platform.logger.warn('cut the torn end of the log: it was never acknowledged', { position, found: stop.kind });
  }
}
