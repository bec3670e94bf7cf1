import {
  fillBrokerPart,
  isTopicName,
  type MessageSetView,
  SET_HEADER_BYTES,
  setBytes,
  viewMessageSet,
} from '#message-set';
import { StoreError } from '../store-error.js';
import { readSlot, type SetPlace } from './consume-queue.format.js';
import { ConsumeQueue } from './consume-queue.js';
import type { SlotFiles } from './slot-files.js';

/** Slots read from a file at once: about a page of the disk's read-ahead. */
const READ_SLOT_COUNT = 512;

/** All consume queues of a store, by topic and queue. */
export class ConsumeQueues {
  private readonly topics = new Map<string, Map<number, ConsumeQueue>>();
  private readonly unsaved = new Set<ConsumeQueue>();
  private saving: Promise<void> = Promise.resolve();
  /** Slots of all queues together, those in memory included. */
  slotCount = 0;

  constructor(private readonly files: SlotFiles) {}

  find(topic: string, queueId: number): ConsumeQueue | undefined {
    return this.topics.get(topic)?.get(queueId);
  }

  /** Every queue there is. */
  *all(): Generator<ConsumeQueue, void> {
    for (const queues of this.topics.values()) yield* queues.values();
  }

  /** Adds a queue whose slots up to `endOffset` are in files. */
  open(topic: string, queueId: number, endOffset: number): ConsumeQueue {
    const queue = new ConsumeQueue(topic, queueId, endOffset);
    this.slotCount += endOffset;
    const queues = this.topics.get(topic);
    if (queues === undefined) this.topics.set(topic, new Map([[queueId, queue]]));
    else queues.set(queueId, queue);
    return queue;
  }

  clear(): void {
    this.topics.clear();
    this.unsaved.clear();
    this.slotCount = 0;
  }

  /**
   * Gives each set its offsets and fills its broker part; all of them or none.
   * @returns base offset of each set, -1 for kinds that take none
   * @throws {StoreError} 'bad-set'
   */
  assign(sets: readonly Buffer[], storedAtMs: number): number[] {
    const views = sets.map(checkedView);
    return views.map((view) => {
      const queue =
        view.kind === 'messages'
          ? (this.find(view.topic, view.queueId) ?? this.open(view.topic, view.queueId, 0))
          : undefined;
      fillBrokerPart(view.bytes, 0, queue?.nextOffset ?? 0, storedAtMs);
      if (queue === undefined) return -1;
      queue.nextOffset += view.messageCount;
      return queue.nextOffset - view.messageCount;
    });
  }

  /** Adds the slots of a confirmed set that lies at `position`; nothing for kinds that take no offsets. */
  add(view: MessageSetView, position: number): void {
    if (view.kind !== 'messages') return;
    const queue = this.find(view.topic, view.queueId) ?? this.open(view.topic, view.queueId, 0);
    queue.add(view, position);
    this.slotCount += view.messageCount;
    this.unsaved.add(queue);
  }

  /** Writes all unsaved slots to their files. One call at a time does so; they follow each other. Rejects as the file system does. */
  save(): Promise<void> {
    this.saving = this.saving.catch(() => {}).then(() => this.saveNow());
    return this.saving;
  }

  /** Gives up the memory of all slots that are in files if the queues hold more than `bytesMax` together. */
  shrinkAbove(bytesMax: number): void {
    let heldBytes = 0;
    for (const queue of this.all()) heldBytes += queue.heldBytes;
    if (heldBytes <= bytesMax) return;
    for (const queue of this.all()) queue.shrink();
  }

  /**
   * The places of the sets that hold `offset` and what follows it, each set once: at least one, at most those of a few hundred slots.
   * @throws {StoreError} 'damaged' when a slot of a confirmed message is missing
   */
  async placesFrom(queue: ConsumeQueue, offset: number): Promise<SetPlace[]> {
    const inMemory: SetPlace[] = [];
    for (let next = offset; next < queue.endOffset && inMemory.length < READ_SLOT_COUNT; next++) {
      const place = queue.placeInMemory(next);
      if (place === undefined) break;
      addPlace(inMemory, place);
    }
    if (inMemory.length > 0) return inMemory;
    const slots = await this.files.read(queue, offset, READ_SLOT_COUNT);
    const places: SetPlace[] = [];
    for (let at = 0; at < slots.length; at += 20) addPlace(places, readSlot(slots, at));
    if (places.length === 0 || places.some((place) => place.sizeBytes === 0)) {
      throw new StoreError('damaged', `${queue.topic}/${queue.queueId}: the slot of offset ${offset} is missing`);
    }
    return places;
  }

  private async saveNow(): Promise<void> {
    for (const queue of [...this.unsaved]) {
      await this.files.save(queue);
      if (queue.unsavedBytes === 0) this.unsaved.delete(queue);
    }
  }
}

/** Slots of one set lie next to each other. */
function addPlace(places: SetPlace[], place: SetPlace): void {
  if (places.at(-1)?.position !== place.position) places.push(place);
}

function checkedView(set: Buffer): MessageSetView {
  if (set.length < SET_HEADER_BYTES || setBytes(set, 0) !== set.length) {
    throw new StoreError('bad-set', `a buffer of ${set.length} bytes is not one message set`);
  }
  const view = viewMessageSet(set);
  const isNamed = isTopicName(view.topic) || (view.topic === '' && view.kind !== 'messages');
  if (!isNamed || view.kind === undefined) throw new StoreError('bad-set', `topic '${view.topic}', kind ${view.kind}`);
  return view;
}
