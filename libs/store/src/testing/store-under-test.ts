import { decodeMessages, viewMessageSet } from '#message-set';
import { type MemoryPlatform, memoryPlatform } from '#platform/testing';
import type { ConfirmedListener, ConfirmedSet, MessageStore } from '../message-store.js';
import { openMessageStore } from '../open-message-store.js';
import { type StoreOptions, storeDefaults } from '../store.options.js';

/** Options for tests: everything is small, so that segments, files and caches run full. Smaller than users may choose. */
export function smallStore(changes: Partial<StoreOptions> = {}): StoreOptions {
  return {
    ...storeDefaults,
    dataDir: '/data',
    segmentBytes: 4096,
    entryBytesMax: 4096,
    groupBytesMax: 2048,
    tailCacheBytes: 0,
    minFreeBytes: 0,
    slotCountPerFile: 8,
    openFileCountMax: 4,
    ...changes,
  };
}

/** A listener that remembers what it was told: `topic/queue@offset xN`, or the kind for sets without offsets; `again` for a replay. */
export class RecordingListener implements ConfirmedListener {
  readonly seen: string[] = [];
  groupCount = 0;

  confirmed(set: ConfirmedSet): void {
    const view = viewMessageSet(set.bytes);
    const what =
      view.kind === 'messages' ? `${view.topic}/${view.queueId}@${view.baseOffset}x${view.messageCount}` : view.kind;
    this.seen.push(set.isReplay ? `${what} again` : what);
  }

  groupConfirmed(): void {
    this.groupCount += 1;
  }
}

/** An open store with its listener. */
export interface OpenedStore {
  readonly store: MessageStore;
  readonly listener: RecordingListener;
}

/** Opens a store of `smallStore` on `platform`. */
export async function openSmall(platform: MemoryPlatform, changes: Partial<StoreOptions> = {}): Promise<OpenedStore> {
  const listener = new RecordingListener();
  return { store: await openMessageStore(smallStore(changes), platform, listener), listener };
}

/** A machine in memory, for one store. */
export function storeMachine(seed: number | string = 1): MemoryPlatform {
  return memoryPlatform(seed);
}

/** The bodies of every readable message of a queue, in order, read `bytesMax` at a time. */
export async function bodiesOf(store: MessageStore, topic = 'orders', queueId = 0, bytesMax = 500): Promise<string[]> {
  const bodies: string[] = [];
  let offset = store.queueRange(topic, queueId).startOffset;
  for (;;) {
    const read = await store.read(topic, queueId, offset, bytesMax);
    if (read.kind !== 'found') return bodies;
    for (const set of read.sets) {
      for (const message of decodeMessages(viewMessageSet(set))) {
        if (message.offset >= offset) bodies.push(message.body.toString());
      }
    }
    offset = read.nextOffset;
  }
}
