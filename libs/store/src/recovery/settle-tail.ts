import type { Platform } from '#platform';
import type { Segments } from '../commit-log/segments.js';
import { StoreError } from '../store-error.js';
import type { RecoveredLog } from './recover-log.js';

/**
 * Makes durable what recovery found. The last group may have been read from the system's cache: a killed process leaves bytes that no sync
 * covered, and after a sync that *failed* the system takes them for clean and never writes them. So the group is written again, the same bytes at
 * the same place, and synced. Everything before it was synced when it was written.
 */
export async function settleTail({ files }: Platform, segments: Segments, recovered: RecoveredLog): Promise<void> {
  const segment = segments.at(recovered.lastEntryPosition);
  if (segment === undefined || recovered.syncedTo >= recovered.position) return;
  const from = Math.max(recovered.syncedTo, segment.startPosition);
  const handle = await files.open(segments.pathOf(segment), { access: 'write', syncWrites: true });
  try {
    const bytes = Buffer.allocUnsafeSlow(recovered.position - from);
    const got = await handle.read(bytes, from - segment.startPosition);
    const written = await handle.write([bytes.subarray(0, got)], from - segment.startPosition);
    if (written !== bytes.length)
      throw new StoreError('failed', `wrote ${written} of ${bytes.length} bytes at position ${from} again`);
  } finally {
    await handle.close();
  }
}
