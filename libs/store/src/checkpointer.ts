import type { Platform, Timer } from '#platform';
import type { CheckpointFile } from './checkpoint-file.js';
import type { CommitLog } from './commit-log/commit-log.js';
import { isNoSpace } from './commit-log/segment-supply.js';
import type { ConsumeQueues } from './consume-queue/consume-queues.js';
import type { SlotFiles } from './consume-queue/slot-files.js';

/** Unsaved bytes of slots that are written out before their time. */
const UNSAVED_BYTES_MAX = 1024 * 1024;

/** Memory of saved slots, all queues together, above which it is given up. */
const HELD_BYTES_MAX = 64 * 1024 * 1024;

/** What a checkpoint is made of. */
export interface CheckpointParts {
  readonly platform: Platform;
  readonly intervalMs: number;
  readonly storeId: string;
  readonly epoch: number;
  readonly log: CommitLog;
  readonly queues: ConsumeQueues;
  readonly slotFiles: SlotFiles;
  readonly file: CheckpointFile;
  /** Called once, with anything but a full disk: a sync that failed leaves files in a state that nobody knows. */
  readonly failed: (error: unknown) => void;
}

/**
 * Writes the slots behind the log, and from time to time makes them durable and says so in a checkpoint.
 * Order: note the confirmed position, write and sync all slots, then the checkpoint: it never promises what is not there.
 * A full disk is no failure: the slots stay in memory, and the next checkpoint tries again.
 */
export class Checkpointer {
  private timer: Timer | undefined;
  private unsavedBytes = 0;
  private position = -1;
  private writtenReplayPosition = -1;
  private work: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly parts: CheckpointParts,
    private replayPosition: number,
  ) {
    this.arm();
  }

  setReplayPosition(position: number): void {
    this.replayPosition = position;
  }

  /** Slots of so many bytes were added in memory. */
  slotsAdded(bytes: number): void {
    this.unsavedBytes += bytes;
    if (this.unsavedBytes < UNSAVED_BYTES_MAX) return;
    this.unsavedBytes = 0;
    this.parts.queues.save().catch((error: unknown) => this.fail(error));
  }

  /** Makes a checkpoint of what is confirmed now, after the one under way. Never rejects. */
  write(): Promise<void> {
    this.work = this.work.then(() => this.writeNow()).catch((error: unknown) => this.fail(error));
    return this.work;
  }

  /** The last checkpoint. */
  async close(): Promise<void> {
    this.timer?.cancel();
    await this.write();
    this.isClosed = true;
  }

  /** Ends without a checkpoint: after a failure nothing more is written. */
  abandon(): Promise<void> {
    this.timer?.cancel();
    this.isClosed = true;
    return this.work;
  }

  private async writeNow(): Promise<void> {
    const { log, queues, slotFiles, file, storeId, epoch } = this.parts;
    const { confirmedPosition: position, lastEntryPosition } = log;
    const { slotCount } = queues;
    const { replayPosition } = this;
    if (position === this.position && replayPosition === this.writtenReplayPosition) return;
    await queues.save();
    queues.shrinkAbove(HELD_BYTES_MAX);
    await slotFiles.sync();
    await file.write({ storeId, position, epoch, lastEntryPosition, replayPosition, slotCount });
    this.position = position;
    this.writtenReplayPosition = replayPosition;
  }

  private arm(): void {
    this.timer = this.parts.platform.clock.schedule(this.parts.intervalMs, () => {
      this.write().then(() => {
        if (!this.isClosed) this.arm();
      });
    });
    this.timer.unref();
  }

  private fail(error: unknown): void {
    if (isNoSpace(error))
      this.parts.platform.logger.warn('no space for a checkpoint, the start after this run will take longer', {
        reason: String(error),
      });
    else if (!this.isClosed) this.parts.failed(error);
  }
}
