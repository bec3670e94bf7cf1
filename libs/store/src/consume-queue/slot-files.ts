import type { FileSystem } from '#platform';
import { FileHandles } from '../file-handles.js';
import { StoreError } from '../store-error.js';
import { SLOT_BYTES } from './consume-queue.format.js';
import type { ConsumeQueue } from './consume-queue.js';
import { directoryOfTopic, queueOfDirectory, topicOfDirectory } from './queue-directory.js';

/** A queue that has files, and how many slots they could hold. */
export interface SavedQueue {
  readonly topic: string;
  readonly queueId: number;
  /** Undefined: the files do not follow each other as those of this store would. */
  readonly slotCount: number | undefined;
}

/**
 * The slot files: `<queues>/<topic>/<queueId>/<first offset, 20 digits>`, `slotCountPerFile` slots each. Written behind the log without a sync;
 * `sync` makes all of it durable at a checkpoint.
 */
export class SlotFiles {
  private readonly handles: FileHandles;
  private readonly unsyncedPaths = new Set<string>();
  private readonly knownDirectories = new Set<string>();
  private readonly unsyncedDirectories = new Set<string>();

  constructor(
    private readonly files: FileSystem,
    private readonly directory: string,
    private readonly slotCountPerFile: number,
    openFileCountMax: number,
  ) {
    this.handles = new FileHandles(files, 'create', openFileCountMax);
  }

  /** Every queue that has files. Names that are not ours are left alone. */
  async list(): Promise<SavedQueue[]> {
    const found: SavedQueue[] = [];
    for (const name of await this.files.list(this.directory)) {
      const topic = topicOfDirectory(name);
      if (topic === undefined) continue;
      for (const queueName of await this.files.list(`${this.directory}/${name}`)) {
        const queueId = queueOfDirectory(queueName);
        if (queueId !== undefined) found.push({ topic, queueId, slotCount: await this.slotCountOf(topic, queueId) });
      }
    }
    return found;
  }

  /** Writes the unsaved slots of `queue`. @throws {StoreError} 'disk-full' after a short write; what was not written stays unsaved. */
  async save(queue: ConsumeQueue): Promise<void> {
    while (queue.unsavedBytes > 0) {
      const offset = queue.savedOffset;
      const slots = queue.unsaved(this.slotCountPerFile - (offset % this.slotCountPerFile));
      await this.makeDirectories(queue);
      const path = this.pathOf(queue, offset);
      const at = (offset % this.slotCountPerFile) * SLOT_BYTES;
      this.unsyncedPaths.add(path);
      if (at === 0) this.unsyncedDirectories.add(this.directoryOf(queue.topic, queue.queueId));
      const written = await this.handles.use(path, (handle) => handle.write([slots], at));
      if (written !== slots.length)
        throw new StoreError('disk-full', `wrote ${written} of ${slots.length} bytes of ${path}`);
      queue.savedOffset += slots.length / SLOT_BYTES;
    }
  }

  /** Makes everything that was saved durable. */
  async sync(): Promise<void> {
    for (const path of [...this.unsyncedPaths]) {
      await this.handles.use(path, (handle) => handle.sync());
      this.unsyncedPaths.delete(path);
    }
    for (const path of [...this.unsyncedDirectories]) {
      await this.files.syncDirectory(path);
      this.unsyncedDirectories.delete(path);
    }
  }

  /** Up to `slotCountMax` saved slots from `offset` on, fewer at the end of a file. */
  async read(queue: ConsumeQueue, offset: number, slotCountMax: number): Promise<Buffer> {
    const index = offset % this.slotCountPerFile;
    const count = Math.min(slotCountMax, queue.savedOffset - offset, this.slotCountPerFile - index);
    const bytes = Buffer.allocUnsafe(count * SLOT_BYTES);
    const got = await this.handles.use(this.pathOf(queue, offset), (handle) => handle.read(bytes, index * SLOT_BYTES));
    return bytes.subarray(0, got - (got % SLOT_BYTES));
  }

  /** Removes every file: they are built again from the log. */
  async removeAll(): Promise<void> {
    await this.handles.close();
    for (const { topic, queueId } of await this.list()) {
      const directory = this.directoryOf(topic, queueId);
      for (const name of await this.files.list(directory)) await this.files.remove(`${directory}/${name}`);
      await this.files.syncDirectory(directory);
    }
  }

  close(): Promise<void> {
    return this.handles.close();
  }

  private directoryOf(topic: string, queueId: number): string {
    return `${this.directory}/${directoryOfTopic(topic)}/${queueId}`;
  }

  private pathOf(queue: ConsumeQueue, offset: number): string {
    const first = offset - (offset % this.slotCountPerFile);
    return `${this.directoryOf(queue.topic, queue.queueId)}/${String(first).padStart(20, '0')}`;
  }

  /** By the names and sizes: what the slots say is checked by the recovery. */
  private async slotCountOf(topic: string, queueId: number): Promise<number | undefined> {
    const directory = this.directoryOf(topic, queueId);
    let slotCount = 0;
    for (const name of await this.files.list(directory)) {
      if (Number(name) !== slotCount || slotCount % this.slotCountPerFile !== 0) return undefined;
      const sizeBytes = (await this.files.sizeBytes(`${directory}/${name}`)) ?? 0;
      if (sizeBytes > this.slotCountPerFile * SLOT_BYTES) return undefined;
      slotCount += Math.floor(sizeBytes / SLOT_BYTES);
    }
    return slotCount;
  }

  private async makeDirectories(queue: ConsumeQueue): Promise<void> {
    const directory = this.directoryOf(queue.topic, queue.queueId);
    if (this.knownDirectories.has(directory)) return;
    await this.files.makeDirectory(directory);
    this.knownDirectories.add(directory);
    this.unsyncedDirectories.add(this.directory);
    this.unsyncedDirectories.add(`${this.directory}/${directoryOfTopic(queue.topic)}`);
    this.unsyncedDirectories.add(directory);
  }
}
