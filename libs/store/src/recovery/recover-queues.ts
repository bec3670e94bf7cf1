import { ENTRY, type EntryHeader, type MessageSetView, setBytes, viewMessageSet } from '#message-set';
import type { Platform } from '#platform';
import type { Checkpoint } from '../checkpoint.format.js';
import type { Segments } from '../commit-log/segments.js';
import { readSlot } from '../consume-queue/consume-queue.format.js';
import type { ConsumeQueue } from '../consume-queue/consume-queue.js';
import type { ConsumeQueues } from '../consume-queue/consume-queues.js';
import type { SlotFiles } from '../consume-queue/slot-files.js';
import { StoreError } from '../store-error.js';
import type { RecoveredLog } from './recover-log.js';
import { type ScanStart, scanLog } from './scan-log.js';

/** Entries dispatched before the slots are written out, so that a long rebuild needs little memory. */
const SAVE_ENTRY_COUNT = 10_000;

/** What a recovery of the queues works on. */
export interface QueueRecovery {
  readonly platform: Platform;
  readonly segments: Segments;
  readonly queues: ConsumeQueues;
  readonly slotFiles: SlotFiles;
}

/** Where a queue stood at the checkpoint, and how many slots its files have room for. */
interface OpenedQueue {
  readonly checkpointOffset: number;
  readonly slotCount: number;
}

/** The slot files say something that the log does not bear out. Expected after a crash of an old disk, and answered by a rebuild. */
class UnfitSlots extends Error {}

/**
 * Brings the consume queues up to the end of the log: from the checkpoint on where the files fit it, else from the start of the log.
 * @throws {StoreError} 'damaged' when the log itself does not number its messages without a gap
 */
export async function recoverQueues(parts: QueueRecovery, log: RecoveredLog): Promise<void> {
  const { platform, segments, queues, slotFiles } = parts;
  if (log.checkpoint !== undefined) {
    try {
      await catchUp(parts, log.checkpoint);
      return;
    } catch (error) {
      if (!(error instanceof UnfitSlots)) throw error;
      platform.logger.warn('the consume queues do not fit the log, building them again', { reason: error.message });
    }
  }
  queues.clear();
  await slotFiles.removeAll();
  const logStart = segments.all[0]?.startPosition ?? 0;
  await dispatch(parts, { position: logStart, epoch: 0, lastEntryPosition: logStart }, (view) => {
    const endOffset = queues.find(view.topic, view.queueId)?.endOffset ?? 0;
    if (view.baseOffset !== endOffset) {
      throw new StoreError(
        'damaged',
        `${view.topic}/${view.queueId}: offset ${view.baseOffset} follows ${endOffset} in the log`,
      );
    }
  });
}

async function catchUp(parts: QueueRecovery, checkpoint: Checkpoint): Promise<void> {
  const { queues, slotFiles } = parts;
  const saved = new Map<string, number>();
  for (const { topic, queueId, slotCount } of await slotFiles.list()) {
    if (slotCount === undefined) throw new UnfitSlots(`the files of ${topic}/${queueId} do not follow each other`);
    saved.set(`${topic}/${queueId}`, slotCount);
  }
  // The first set of a queue behind the checkpoint says where the queue ended at the checkpoint: what its files hold beyond is cut.
  const opened = new Map<ConsumeQueue, OpenedQueue>();
  await dispatch(parts, checkpoint, (view) => {
    const name = `${view.topic}/${view.queueId}`;
    const queue = queues.find(view.topic, view.queueId);
    if (queue === undefined) {
      const slotCount = saved.get(name) ?? 0;
      if (slotCount < view.baseOffset)
        throw new UnfitSlots(`${name} has ${slotCount} slots, ${view.baseOffset} are due`);
      opened.set(queues.open(view.topic, view.queueId, view.baseOffset), {
        checkpointOffset: view.baseOffset,
        slotCount,
      });
      saved.delete(name);
    } else if (queue.endOffset !== view.baseOffset) {
      throw new UnfitSlots(`${name}: offset ${view.baseOffset} follows ${queue.endOffset}`);
    }
  });
  for (const [name, slotCount] of saved) {
    const slash = name.lastIndexOf('/');
    if (slotCount === 0) continue;
    const queue = queues.open(name.slice(0, slash), Number(name.slice(slash + 1)), slotCount);
    opened.set(queue, { checkpointOffset: slotCount, slotCount });
  }
  await checkFiles(parts, opened, checkpoint);
}

/**
 * The last slot before the checkpoint must be there and point before it, and no file may know more messages than the log has: files of another
 * store or another time fail here, and slots of messages that were never durable do not come to life when the queue grows over them.
 */
async function checkFiles(
  parts: QueueRecovery,
  opened: ReadonlyMap<ConsumeQueue, OpenedQueue>,
  checkpoint: Checkpoint,
): Promise<void> {
  let checkpointSlots = 0;
  for (const [queue, { checkpointOffset, slotCount }] of opened) {
    const name = `${queue.topic}/${queue.queueId}`;
    if (slotCount > queue.endOffset)
      throw new UnfitSlots(`${name} has ${slotCount} slots, the log knows ${queue.endOffset}`);
    checkpointSlots += checkpointOffset;
    if (checkpointOffset === 0) continue;
    const slots = await parts.slotFiles.read(queue, checkpointOffset - 1, 1);
    const place = slots.length === 0 ? undefined : readSlot(slots, 0);
    if (place === undefined || place.sizeBytes === 0 || place.position >= checkpoint.position) {
      throw new UnfitSlots(`${name}: the slot of offset ${checkpointOffset - 1} does not point before the checkpoint`);
    }
  }
  if (checkpointSlots !== checkpoint.slotCount) {
    throw new UnfitSlots(`the files have ${checkpointSlots} slots, the checkpoint knows ${checkpoint.slotCount}`);
  }
}

async function dispatch(parts: QueueRecovery, start: ScanStart, check: (view: MessageSetView) => void): Promise<void> {
  const { platform, segments, queues } = parts;
  let unsavedCount = 0;
  await scanLog(platform.files, segments, start, (bytes, entry) => {
    for (const view of setsOf(bytes, entry)) {
      if (view.kind === 'messages') check(view);
      queues.add(view, entry.position + view.at);
    }
    if (++unsavedCount < SAVE_ENTRY_COUNT) return undefined;
    unsavedCount = 0;
    return queues.save();
  });
}

/** The sets of an intact entry at `bytes[0]`. */
export function* setsOf(bytes: Buffer, entry: EntryHeader): Generator<MessageSetView, void> {
  let at = ENTRY.headerBytes;
  for (let i = 0; i < entry.setCount; i++) {
    yield viewMessageSet(bytes, at);
    at += setBytes(bytes, at);
  }
}
