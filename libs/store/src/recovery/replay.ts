import type { Platform } from '#platform';
import type { Segments } from '../commit-log/segments.js';
import type { ConfirmedListener } from '../message-store.js';
import { StoreError } from '../store-error.js';
import type { RecoveredLog } from './recover-log.js';
import { setsOf } from './recover-queues.js';
import { scanLog } from './scan-log.js';

/**
 * Shows `listener` every set from the replay position to the end of the log.
 * @throws {StoreError} 'damaged' when an entry on the way is not readable; what the listener throws
 */
export async function replay(
  platform: Platform,
  segments: Segments,
  log: RecoveredLog,
  listener: ConfirmedListener,
): Promise<void> {
  const logStart = segments.all[0]?.startPosition ?? 0;
  const wanted = log.checkpoint?.replayPosition ?? logStart;
  let reached = await replayFrom(platform, segments, log, listener, wanted);
  if (reached === wanted && reached < log.position && wanted !== logStart) {
    // No entry starts there, so nothing was shown yet; the start of the log is always right.
    platform.logger.warn('the replay position is not that of an entry, replaying from the start of the log', {
      position: wanted,
    });
    reached = await replayFrom(platform, segments, log, listener, logStart);
  }
  if (reached < log.position) {
    throw new StoreError(
      'damaged',
      `the entry at position ${reached} is not readable, the log is known to be durable up to ${log.position}`,
    );
  }
  listener.groupConfirmed();
}

async function replayFrom(
  platform: Platform,
  segments: Segments,
  log: RecoveredLog,
  listener: ConfirmedListener,
  position: number,
): Promise<number> {
  if (position >= log.position) return position;
  const end = await scanLog(
    platform.files,
    segments,
    { position, epoch: 0, lastEntryPosition: position },
    (bytes, entry) => {
      for (const { at, end } of setsOf(bytes, entry)) {
        const set = bytes.subarray(at, end);
        listener.confirmed({ position: entry.position + at, storedAtMs: entry.storedAtMs, bytes: set, isReplay: true });
      }
    },
  );
  return end.position;
}
