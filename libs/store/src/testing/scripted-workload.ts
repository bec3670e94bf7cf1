import type { MemoryPlatform } from '#platform/testing';
import type { MessageStore } from '../message-store.js';
import { sampleSet } from './sample-sets.js';
import { bodiesOf, type OpenedStore, openSmall } from './store-under-test.js';

const QUEUES = [
  { topic: 'orders', queueId: 0 },
  { topic: 'Orders', queueId: 0 },
  { topic: 'points', queueId: 3 },
] as const;

/** What a test knows of one queue: every message it appended, and how many of them were acknowledged. */
interface ExpectedQueue {
  readonly topic: string;
  readonly queueId: number;
  bodies: string[];
  ackedCount: number;
}

/**
 * A producer with a script, on a store that may die at any moment, and the model of what must be true afterwards: of every queue the messages
 * read are the appended ones in order, without a gap, at least up to the last that was acknowledged.
 */
export class ScriptedWorkload {
  private readonly queues: ExpectedQueue[] = QUEUES.map((queue) => ({ ...queue, bodies: [], ackedCount: 0 }));
  private count = 0;

  constructor(
    private readonly platform: MemoryPlatform,
    private readonly open: (platform: MemoryPlatform) => Promise<OpenedStore> = openSmall,
  ) {}

  /** Opens the store, appends `entryCount` entries, some alone, some together, some over several queues; then closes it or leaves it as it is. */
  async live(entryCount: number, end: 'close' | 'leave'): Promise<void> {
    const { store } = await this.open(this.platform);
    await this.check(store);
    let together: Promise<void>[] = [];
    for (let i = 0; i < entryCount; i++) {
      together.push(this.append(store, i));
      if (i % 4 === 1) continue;
      await Promise.all(together);
      together = [];
    }
    await Promise.all(together);
    if (end === 'close') await store.close();
  }

  /** Opens the store after a crash and looks whether it kept its promises; what it kept is the truth from now on. */
  async recover(): Promise<void> {
    const { store } = await this.open(this.platform);
    await this.check(store);
    await store.close();
  }

  private async check(store: MessageStore): Promise<void> {
    for (const queue of this.queues) {
      const found = await bodiesOf(store, queue.topic, queue.queueId, 1);
      const name = `${queue.topic}/${queue.queueId}`;
      expect([name, found]).toEqual([name, queue.bodies.slice(0, found.length)]);
      if (found.length < queue.ackedCount)
        throw new Error(`${name} lost ${queue.ackedCount - found.length} acknowledged messages`);
      queue.bodies = found;
      queue.ackedCount = found.length;
    }
  }

  private append(store: MessageStore, step: number): Promise<void> {
    const chosen = step % 5 === 4 ? this.queues : this.queues.slice(step % 3, (step % 3) + 1);
    const sets = chosen.map((queue) => {
      const bodies = Array.from(
        { length: 1 + (step % 3) },
        () => `body ${this.count++} ${'x'.repeat((step % 7) * 11)}`,
      );
      queue.bodies.push(...bodies);
      return sampleSet({ ...queue, bodies, tag: 'tag' });
    });
    if (step % 6 === 5) sets.push(sampleSet({ kind: 'control', bodies: [`state ${step}`] }));
    const upTo = chosen.map((queue) => queue.bodies.length);
    const appended = store.append(sets);
    if (step % 9 === 8) appended.durable.then(() => store.setReplayPosition(appended.position)).catch(() => {});
    return appended.durable.then(() => {
      for (const [index, queue] of chosen.entries()) queue.ackedCount = Math.max(queue.ackedCount, upTo[index] ?? 0);
    });
  }
}
