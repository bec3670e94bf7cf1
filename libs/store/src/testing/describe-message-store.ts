import { viewMessageSet } from '#message-set';
import type { ConfirmedListener, MessageStore } from '../message-store.js';
import { sampleSet } from './sample-sets.js';
import { bodiesOf, RecordingListener } from './store-under-test.js';

/** One data directory that can be opened again and again. */
export interface StoreUnderTest {
  open(listener: ConfirmedListener): Promise<MessageStore>;
  /** Removes what is left; every store was closed. */
  remove(): Promise<void>;
}

/** What must hold of every MessageStore, whatever it is made on. */
export function describeMessageStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`a message store ${name}`, () => {
    let directory: StoreUnderTest;
    let listener: RecordingListener;
    let store: MessageStore;

    beforeEach(async () => {
      directory = await make();
      listener = new RecordingListener();
      store = await directory.open(listener);
    });

    afterEach(async () => {
      await store.close();
      await directory.remove();
    });

    async function append(...bodies: string[]): Promise<void> {
      await store.append([sampleSet({ bodies })]).durable;
    }

    async function reopen(): Promise<void> {
      await store.close();
      listener = new RecordingListener();
      store = await directory.open(listener);
    }

    it('gives back what was appended, in order, over many sizes and starts', async () => {
      const bodies = Array.from({ length: 60 }, (_, index) => `m${index} ${'x'.repeat((index * 37) % 400)}`);
      for (const [index, body] of bodies.entries()) {
        await append(body);
        if (index % 25 === 24) await reopen();
      }
      expect(await bodiesOf(store)).toEqual(bodies);
      await reopen();
      expect(await bodiesOf(store, 'orders', 0, 1)).toEqual(bodies);
      expect(listener.seen).toEqual(bodies.map((_, index) => `orders/0@${index}x1 again`));
    });

    it('has a higher epoch at every start', async () => {
      const first = store.epoch;
      await reopen();
      expect(store.epoch).toBeGreaterThan(first);
    });

    it('shows nothing before it is durable, and then all at once with one promise', async () => {
      const appended = ['a', 'b'].map((body) => store.append([sampleSet({ bodies: [body] })]));
      expect(appended[0]?.durable).toBe(appended[1]?.durable);
      expect(store.queueRange('orders', 0)).toEqual({ startOffset: 0, endOffset: 0 });
      expect(await store.read('orders', 0, 0, 100)).toEqual({ kind: 'empty' });
      await appended[1]?.durable;
      expect(store.queueRange('orders', 0)).toEqual({ startOffset: 0, endOffset: 2 });
      expect(listener.seen).toEqual(['orders/0@0x1', 'orders/0@1x1']);
      expect(store.confirmedPosition).toBe(appended[1]?.endPosition);
    });

    it('reads whole sets: at least one, more up to the bytes asked for, the first one from its beginning', async () => {
      for (const bodies of [['a', 'b', 'c'], ['d'], ['e', 'f']]) await append(...bodies);
      const setsAt = async (fromOffset: number, bytesMax: number) => {
        const read = await store.read('orders', 0, fromOffset, bytesMax);
        if (read.kind !== 'found') return read.kind;
        expect(read.storedAtMs.length).toBe(read.sets.length);
        return [...read.sets.map((each) => viewMessageSet(each).baseOffset), read.nextOffset];
      };
      expect(await setsAt(1, 1)).toEqual([0, 3]);
      expect(await setsAt(2, 100_000)).toEqual([0, 3, 4, 6]);
      expect(await setsAt(5, 1)).toEqual([4, 6]);
      expect(await setsAt(6, 1)).toBe('empty');
      await reopen();
      expect(await setsAt(2, 100_000)).toEqual([0, 3, 4, 6]);
      expect(await setsAt(3, 1)).toEqual([3, 4]);
    });

    it('tells of a queue that was never written that it is empty', async () => {
      expect(store.queueRange('nobody', 7)).toEqual({ startOffset: 0, endOffset: 0 });
      expect(await store.read('nobody', 7, 0, 1)).toEqual({ kind: 'empty' });
    });

    it('refuses after it was closed', async () => {
      await store.close();
      expect(() => store.append([sampleSet({ bodies: ['a'] })])).toThrow(expect.objectContaining({ code: 'closed' }));
      await expect(store.read('orders', 0, 0, 1)).rejects.toThrow(expect.objectContaining({ code: 'closed' }));
    });

    it('finishes what was appended before it closes', async () => {
      const appended = store.append([sampleSet({ bodies: ['a'] })]);
      await store.close();
      await appended.durable;
      store = await directory.open(listener);
      expect(await bodiesOf(store)).toEqual(['a']);
    });

    it('refuses a second opening while it is open', async () => {
      await expect(directory.open(listener)).rejects.toThrow(expect.objectContaining({ code: 'in-use' }));
    });
  });
}
