import { type FileLock, FileSystemError, type Platform } from '#platform';
import { CheckpointFile } from './checkpoint-file.js';
import { Checkpointer } from './checkpointer.js';
import type { CommitGroup } from './commit-log/commit-group.js';
import { CommitLog } from './commit-log/commit-log.js';
import { isNoSpace } from './commit-log/segment-supply.js';
import { listSegments, type Segments } from './commit-log/segments.js';
import { TailCache } from './commit-log/tail-cache.js';
import { ConsumeQueues } from './consume-queue/consume-queues.js';
import { SlotFiles } from './consume-queue/slot-files.js';
import { FileMessageStore } from './file-message-store.js';
import { LogReader } from './log-reader.js';
import type { ConfirmedListener, MessageStore } from './message-store.js';
import { recoverLog } from './recovery/recover-log.js';
import { recoverQueues } from './recovery/recover-queues.js';
import { replay } from './recovery/replay.js';
import { settleTail } from './recovery/settle-tail.js';
import { SpaceWatch } from './space-watch.js';
import type { StoreOptions } from './store.options.js';
import { StoreError } from './store-error.js';
import type { StoreMeta } from './store-meta.format.js';
import { loadStoreMeta, saveStoreMeta } from './store-meta-file.js';

const ARENA_BYTES = 1024 * 1024;

/**
 * Opens the store in `options.dataDir`, made if missing: takes its lock, finds the end of the log, brings the derived files up to it, and shows
 * `listener` the sets from the replay position on. Before the log is known to be whole, neither it nor the derived files are changed.
 * @throws {StoreError} 'in-use', 'damaged', 'newer-format', 'disk-full'; {FileSystemError} when the directory cannot be used; what the listener throws
 */
export async function openMessageStore(
  options: StoreOptions,
  platform: Platform,
  listener: ConfirmedListener,
): Promise<MessageStore> {
  await makeDirectories(options.dataDir, platform);
  const lock = await takeLock(options.dataDir, platform);
  try {
    return await openLocked(options, platform, listener, lock);
  } catch (error) {
    await lock.release();
    throw isNoSpace(error) && error instanceof FileSystemError
      ? new StoreError('disk-full', error.message, { cause: error })
      : error;
  }
}

async function openLocked(
  options: StoreOptions,
  platform: Platform,
  listener: ConfirmedListener,
  lock: FileLock,
): Promise<MessageStore> {
  const { files } = platform;
  const { dataDir } = options;
  const segments = await listSegments(files, `${dataDir}/log`);
  const known = await knownMeta(platform, dataDir, segments);
  const checkpointFile = await CheckpointFile.open(files, `${dataDir}/checkpoint`);
  const recovered = await recoverLog(platform, segments, await checkpointFile.newest(known.storeId));
  // Only now is anything changed: the log is whole, and this start gets its number before it writes a byte.
  const meta = { storeId: known.storeId, epoch: Math.max(known.epoch, recovered.epoch) + 1 };
  await saveStoreMeta(files, dataDir, meta);
  await settleTail(platform, segments, recovered);
  const slotFiles = new SlotFiles(files, `${dataDir}/queues`, options.slotCountPerFile, options.openFileCountMax);
  const queues = new ConsumeQueues(slotFiles);
  await recoverQueues({ platform, segments, queues, slotFiles }, recovered);
  const storedAtMs = new LastStoreTime(listener);
  await replay(platform, segments, recovered, storedAtMs);

  const tail = new TailCache(options.tailCacheBytes, Math.min(ARENA_BYTES, options.segmentBytes));
  const failure = new Failure(platform);
  const start = { epoch: meta.epoch, endPosition: recovered.position, lastEntryPosition: recovered.lastEntryPosition };
  const log: CommitLog = new CommitLog({
    options,
    platform,
    segments,
    tail,
    start,
    listener: {
      groupDurable: (group: CommitGroup) => store.groupDurable(group),
      logFailed: (error) => failure.happened(error),
    },
  });
  const checkpointer = new Checkpointer(
    {
      platform,
      intervalMs: options.checkpointIntervalMs,
      storeId: meta.storeId,
      epoch: meta.epoch,
      log,
      queues,
      slotFiles,
      file: checkpointFile,
      failed: (error) => log.stop(error),
    },
    recovered.checkpoint?.replayPosition ?? segments.all[0]?.startPosition ?? 0,
  );
  const reader = new LogReader(files, segments, tail, options.openFileCountMax);
  const space = new SpaceWatch(platform, dataDir, options);
  const held = { lock, slotFiles, checkpointFile };
  const store = new FileMessageStore(
    { platform, epoch: meta.epoch, log, queues, reader, checkpointer, space, listener, failure: failure.promise, held },
    storedAtMs.latest,
  );
  try {
    await log.prepare();
    await checkpointer.write();
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

async function makeDirectories(dataDir: string, { files }: Platform): Promise<void> {
  await files.makeDirectory(`${dataDir}/log`);
  await files.makeDirectory(`${dataDir}/queues`);
  await files.syncDirectory(dataDir);
  if ((await files.sizeBytes(`${dataDir}/meta`)) !== undefined) return;
  // On the first start the directory itself may be new, and so may those above it: without this a power cut takes all of it away.
  for (const parent of parentsOf(dataDir)) {
    await files.syncDirectory(parent).catch((error: unknown) => {
      // A directory that we may not even read was there before us.
      if (!(error instanceof FileSystemError && error.code === 'denied')) throw error;
    });
  }
}

/** Every directory above `path`, the nearest first: `/a/b` -> `/a`, `/`; `a/b` -> `a`, `.`. */
function parentsOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  const root = path.startsWith('/') ? '/' : '.';
  const parents = names.slice(1).map((_, index) => `${root === '/' ? '/' : ''}${names.slice(0, index + 1).join('/')}`);
  return [...parents.reverse(), root];
}

async function takeLock(dataDir: string, { files }: Platform): Promise<FileLock> {
  try {
    return await files.lock(`${dataDir}/lock`);
  } catch (error) {
    if (!(error instanceof FileSystemError && error.code === 'locked')) throw error;
    throw new StoreError('in-use', `the data directory ${dataDir} is in use: ${error.message}`, { cause: error });
  }
}

/** What the directory says it is; a new identity for an empty one. */
async function knownMeta({ files, random }: Platform, dataDir: string, segments: Segments): Promise<StoreMeta> {
  const known = await loadStoreMeta(files, dataDir);
  if (known !== undefined) return known;
  if (segments.all.length > 0) throw new StoreError('damaged', `${dataDir}/meta is missing, but there is a log`);
  return { storeId: random.bytes(16).toString('hex'), epoch: 0 };
}

/** Passes a replay on and remembers its latest store time. */
class LastStoreTime implements ConfirmedListener {
  latest = 0;

  constructor(private readonly next: ConfirmedListener) {}

  confirmed(set: Parameters<ConfirmedListener['confirmed']>[0]): void {
    this.latest = Math.max(this.latest, set.storedAtMs);
    this.next.confirmed(set);
  }

  groupConfirmed(): void {
    this.next.groupConfirmed();
  }
}

/** Tells once, and whoever asks later, that the store has stopped. */
class Failure {
  readonly promise: Promise<Error>;
  private tell: (error: Error) => void = () => {};

  constructor(private readonly platform: Platform) {
    this.promise = new Promise((resolve) => {
      this.tell = resolve;
    });
  }

  happened(error: StoreError): void {
    this.platform.logger.error('the store has stopped', { reason: error.message });
    this.tell(error);
  }
}
