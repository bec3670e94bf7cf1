import { viewMessageSet } from '#message-set';
import type { LeasedRun } from '#mq-protocol';
import type { MessageStore } from '#store';
import type { OffsetRange } from './offset-ranges.js';
import type { QueueDelivery } from './queue-delivery.js';

/** Reads of one run; offsets far apart need one each. */
const READ_COUNT_MAX = 8;
const READ_BYTES_MIN = 64 * 1024;

/** What was read for taken offsets. */
export interface ReadRun {
  readonly sets: LeasedRun['sets'];
  readonly storedAtMs: LeasedRun['storedAtMs'];
  readonly sizeBytes: number;
  /** The offsets below were read, as far as they were asked for. */
  readonly coveredTo: number;
  /** Retention deleted everything below this offset, 0 if it did not get in the way. */
  readonly goneBelow: number;
}

/**
 * Reads the stored sets that hold `ranges` (ascending offsets of one queue), up to `bytesMax`; the first set comes whatever its size unless
 * `mustFit`. Sets between the ranges are left out. @throws {StoreError} 'damaged', 'closed'
 */
export async function readRanges(
  store: MessageStore,
  topic: string,
  queue: QueueDelivery,
  ranges: readonly OffsetRange[],
  limit: { readonly bytesMax: number; readonly mustFit: boolean },
): Promise<ReadRun> {
  const { bytesMax } = limit;
  const run = { sets: [] as Buffer[], storedAtMs: [] as number[], sizeBytes: 0, coveredTo: 0, goneBelow: 0 };
  const endOffset = ranges.at(-1)?.to ?? 0;
  let offset = ranges[0]?.from;
  for (let count = 0; count < READ_COUNT_MAX && offset !== undefined && run.sizeBytes < bytesMax; count++) {
    const wantedBytes = Math.max(READ_BYTES_MIN, Math.ceil((endOffset - offset) * queue.averageBytes * 1.25));
    const read = await store.read(topic, queue.queueId, offset, Math.min(bytesMax - run.sizeBytes, wantedBytes));
    if (read.kind === 'gone') run.goneBelow = read.startOffset;
    if (read.kind !== 'found') break;
    for (const [index, set] of read.sets.entries()) {
      const { baseOffset, messageCount } = viewMessageSet(set);
      if (!isWanted(ranges, baseOffset, baseOffset + messageCount)) continue;
      if (run.sizeBytes + set.length > bytesMax && (limit.mustFit || run.sets.length > 0)) {
        run.coveredTo = Math.max(run.coveredTo, baseOffset);
        return run;
      }
      run.sets.push(set);
      run.storedAtMs.push(read.storedAtMs[index] ?? 0);
      run.sizeBytes += set.length;
      queue.averageBytes += (set.length / messageCount - queue.averageBytes) / 8;
    }
    run.coveredTo = read.nextOffset;
    offset = nextWanted(ranges, read.nextOffset);
  }
  return run;
}

function isWanted(ranges: readonly OffsetRange[], from: number, to: number): boolean {
  return ranges.some((range) => range.from < to && range.to > from);
}

function nextWanted(ranges: readonly OffsetRange[], offset: number): number | undefined {
  for (const { from, to } of ranges) if (to > offset) return Math.max(from, offset);
  return undefined;
}
