import type { MemoryPlatform } from '#platform/testing';
import { openMessageStore } from '../open-message-store.js';
import { StoreError } from '../store-error.js';
import { sampleSet } from '../testing/sample-sets.js';
import { bodiesOf, openSmall, smallStore, storeMachine } from '../testing/store-under-test.js';

const SEGMENT = '/data/log/00000000000000000000';

/** A closed store with one entry a body, each its own group unless `together`; and where each entry starts and ends. */
async function logOf(
  bodies: readonly string[],
  together = false,
): Promise<{ platform: MemoryPlatform; starts: number[]; ends: number[] }> {
  const platform = storeMachine();
  const { store } = await openSmall(platform);
  const starts: number[] = [];
  const ends: number[] = [];
  let last: Promise<void> | undefined;
  for (const body of bodies) {
    const appended = store.append([sampleSet({ bodies: [body] })]);
    starts.push(appended.position);
    ends.push(appended.endPosition);
    last = appended.durable;
    if (!together) await last;
  }
  await last;
  await store.close();
  return { platform, starts, ends };
}

/** The log alone: whatever is derived is gone. */
async function forgetDerived(platform: MemoryPlatform): Promise<void> {
  await platform.files.remove('/data/checkpoint');
}

async function reopened(platform: MemoryPlatform): Promise<string[]> {
  const { store } = await openSmall(platform);
  const bodies = await bodiesOf(store);
  await store.close();
  return bodies;
}

function zeroFrom(platform: MemoryPlatform, from: number, to: number): void {
  const bytes = platform.files.disk.snapshot().get(SEGMENT) ?? Buffer.alloc(0);
  for (let at = from; at < to; at++) platform.files.disk.corrupt(SEGMENT, at, bytes[at] ?? 0);
}

describe('the recovery of a log', () => {
  const bodies = ['a', 'bb', 'ccc'];

  it('cut at every byte keeps every whole entry before the cut', async () => {
    const { ends } = await logOf(bodies);
    const size = ends.at(-1) ?? 0;
    for (let cutAt = 0; cutAt <= size; cutAt++) {
      const { platform } = await logOf(bodies);
      platform.files.disk.cut(SEGMENT, cutAt);
      await platform.files.remove('/data/log/00000000000000004096');
      expect([cutAt, await reopened(platform)]).toEqual([
        cutAt,
        bodies.slice(0, ends.filter((end) => end <= cutAt).length),
      ]);
    }
  });

  it('of zeros from any byte on keeps every whole entry before them, and goes on behind it', async () => {
    const { ends, platform: whole } = await logOf(bodies);
    const size = ends.at(-1) ?? 0;
    // Padding is zero anyway: an entry is whole up to its last byte that is not.
    const bytes = whole.files.disk.snapshot().get(SEGMENT) ?? Buffer.alloc(0);
    const lasts = ends.map((end) => bytes.subarray(0, end).findLastIndex((byte) => byte !== 0));
    for (let from = 1; from < size; from += 3) {
      const { platform } = await logOf(bodies);
      zeroFrom(platform, from, size);
      const kept = bodies.slice(0, lasts.filter((last) => last < from).length);
      const { store } = await openSmall(platform);
      await store.append([sampleSet({ bodies: ['new'] })]).durable;
      await store.close();
      expect([from, await reopened(platform)]).toEqual([from, [...kept, 'new']]);
    }
  });

  it('refuses a hole before something that was synced later, names it, and changes nothing', async () => {
    const { starts, ends } = await logOf(bodies);
    const lastStart = starts[2] ?? 0;
    for (let at = 0; at < (ends[2] ?? 0); at++) {
      const { platform } = await logOf(bodies);
      await forgetDerived(platform);
      platform.files.disk.corrupt(SEGMENT, at, 0x10);
      const before = platform.files.disk.snapshot().get(SEGMENT);
      if (at >= lastStart) {
        // The very last group cannot be told from a torn tail.
        expect([at, await reopened(platform)]).toEqual([at, bodies.slice(0, 2)]);
        continue;
      }
      const hole = starts.filter((start) => start <= at).at(-1);
      await expect(openSmall(platform)).rejects.toThrow(`[damaged] the log has a hole at position ${hole} `);
      expect(
        platform.files.disk
          .snapshot()
          .get(SEGMENT)
          ?.equals(before ?? Buffer.alloc(0)),
      ).toBe(true);
      expect(platform.files.disk.snapshot().get('/data/meta')?.readUInt32BE(24)).toBe(1);
    }
  });

  it('finds a hole whose proof lies in the next segment', async () => {
    const { platform, starts } = await logOf(Array.from({ length: 30 }, (_, index) => `m${index}`));
    const next = starts.findIndex((start) => start >= 4096);
    zeroFrom(platform, starts[next - 1] ?? 0, 4096);
    await forgetDerived(platform);
    await expect(openSmall(platform)).rejects.toThrow(expect.objectContaining({ code: 'damaged' }));
  });

  it.each(['crash', 'close'] as const)(
    'never brings back what an earlier life left behind the end (%s)',
    async (how) => {
      // One group: the second entry is lost, the third survives on the disk where nobody acknowledged it.
      const { platform, starts } = await logOf(['a', 'b', 'c'], true);
      await forgetDerived(platform);
      platform.files.disk.corrupt(SEGMENT, (starts[1] ?? 0) + 60, 1);
      const { store } = await openSmall(platform);
      expect(await bodiesOf(store)).toEqual(['a']);
      const refill = store.append([sampleSet({ bodies: ['B'] })]);
      await refill.durable;
      expect(refill.endPosition).toBe(starts[2]);
      if (how === 'close') await store.close();
      else platform.files.crash('kept');
      expect(await reopened(platform)).toEqual(['a', 'B']);
      await forgetDerived(platform);
      expect(await reopened(platform)).toEqual(['a', 'B']);
    },
  );

  it('makes durable what it found in the cache of a killed process before it shows it', async () => {
    let shown = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const platform = storeMachine(seed);
      const { store } = await openSmall(platform);
      await store.append([sampleSet({ bodies: ['a'] })]).durable;
      platform.files.faults.failSync({ path: SEGMENT });
      await store.append([sampleSet({ bodies: ['b'] })]).durable.catch(() => {});
      platform.files.crash('kept');
      const { store: second } = await openSmall(platform);
      const found = await bodiesOf(second);
      platform.files.crash('lost');
      expect(await reopened(platform)).toEqual(found);
      if (found.length === 2) shown += 1;
    }
    expect(shown).toBeGreaterThan(0);
  });

  it('goes on with larger segments and larger entries than before', async () => {
    const { platform } = await logOf(bodies);
    const larger = { segmentBytes: 16_384, entryBytesMax: 16_384 };
    const { store } = await openSmall(platform, larger);
    const long = 'x'.repeat(12_000);
    await store.append([sampleSet({ bodies: [long] })]).durable;
    await store.append([sampleSet({ bodies: [long] })]).durable;
    await store.close();
    await forgetDerived(platform);
    expect(await reopened(platform)).toEqual([...bodies, long, long]);
  });

  it('makes its next segment as long as it says, whatever an earlier process left of one', async () => {
    const platform = storeMachine();
    const { store } = await openSmall(platform);
    await store.close();
    const left = await platform.files.open('/data/log/next.tmp', { access: 'create' });
    await left.write([Buffer.alloc(20_000)], 0);
    await left.close();
    const { store: second } = await openSmall(platform);
    for (let i = 0; i < 6; i++) await second.append([sampleSet({ bodies: [`${i}`.repeat(3000)] })]).durable;
    await second.close();
    const { store: third } = await openSmall(platform);
    expect(third.queueRange('orders', 0)).toEqual({ startOffset: 0, endOffset: 6 });
    await third.close();
  });

  it('refuses a directory of a later version', async () => {
    const { platform } = await logOf(bodies);
    const meta = await platform.files.open('/data/meta', { access: 'write' });
    const bytes = Buffer.alloc(32);
    await meta.read(bytes, 0);
    bytes.writeUInt32BE(2, 4);
    const { crcOf } = await import('#message-set');
    bytes.writeUInt32BE(crcOf(bytes, 0, 28), 28);
    await meta.write([bytes], 0);
    await expect(openSmall(platform)).rejects.toThrow(expect.objectContaining({ code: 'newer-format' }));
  });

  it('refuses a log without its meta file', async () => {
    const { platform } = await logOf(bodies);
    await platform.files.remove('/data/meta');
    await expect(openSmall(platform)).rejects.toThrow(StoreError);
  });

  it('replays from the position that was set, and only that', async () => {
    const platform = storeMachine();
    const { store } = await openSmall(platform);
    await store.append([sampleSet({ bodies: ['a'] })]).durable;
    const snapshot = store.append([sampleSet({ kind: 'snapshot', bodies: ['state'] })]);
    await snapshot.durable;
    store.setReplayPosition(snapshot.position);
    await store.append([sampleSet({ bodies: ['b'] }), sampleSet({ kind: 'control', bodies: ['record'] })]).durable;
    await store.close();
    const { store: second, listener } = await openSmall(platform);
    expect(listener.seen).toEqual(['snapshot again', 'orders/0@1x1 again', 'control again']);
    expect(await bodiesOf(second)).toEqual(['a', 'b']);
    await second.close();
  });

  it('hands out what a listener throws and lets go of the directory', async () => {
    const { platform } = await logOf(bodies);
    const broken = {
      confirmed: () => {
        throw new Error('unreadable record');
      },
      groupConfirmed: () => {},
    };
    await expect(openMessageStore(smallStore(), platform, broken)).rejects.toThrow('unreadable record');
    expect(await reopened(platform)).toEqual(bodies);
  });
});
