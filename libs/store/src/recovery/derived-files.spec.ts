import type { MemoryPlatform } from '#platform/testing';
import { sampleSet } from '../testing/sample-sets.js';
import { bodiesOf, openSmall, storeMachine } from '../testing/store-under-test.js';

const QUEUE = '/data/queues/orders/0';
const OLD_SLOTS = `${QUEUE}/00000000000000000000`;
const LAST_SLOTS = `${QUEUE}/00000000000000000016`;

const bodies = Array.from({ length: 20 }, (_, index) => `m${index}`);

async function closedStore(count = bodies.length): Promise<MemoryPlatform> {
  const platform = storeMachine();
  const { store } = await openSmall(platform);
  for (const body of bodies.slice(0, count)) await store.append([sampleSet({ bodies: [body] })]).durable;
  await store.close();
  return platform;
}

async function overwrite(platform: MemoryPlatform, path: string, bytes: Uint8Array, at = 0): Promise<void> {
  const handle = await platform.files.open(path, { access: 'create' });
  await handle.write([bytes], at);
  await handle.close();
}

/** What can happen to files that are only derived from the log. */
const damages: readonly [string, (platform: MemoryPlatform) => Promise<void> | void][] = [
  ['nothing', () => {}],
  ['no checkpoint', (platform) => platform.files.remove('/data/checkpoint')],
  ['an empty checkpoint', (platform) => platform.files.disk.cut('/data/checkpoint', 0)],
  ['a garbled checkpoint', (platform) => overwrite(platform, '/data/checkpoint', Buffer.alloc(5000, 0x5a))],
  [
    'no slot files',
    async (platform) => {
      for (const name of await platform.files.list(QUEUE)) await platform.files.remove(`${QUEUE}/${name}`);
    },
  ],
  ['a missing file in the middle', (platform) => platform.files.remove(`${QUEUE}/00000000000000000008`)],
  ['a missing last file', (platform) => platform.files.remove(LAST_SLOTS)],
  ['a last file cut inside a slot', (platform) => platform.files.disk.cut(LAST_SLOTS, 50)],
  ['an empty last file', (platform) => platform.files.disk.cut(LAST_SLOTS, 0)],
  ['zeros in the last slot', (platform) => overwrite(platform, LAST_SLOTS, Buffer.alloc(20), 60)],
  [
    'slots of messages that the log does not have',
    (platform) => overwrite(platform, LAST_SLOTS, Buffer.alloc(40, 0x11), 80),
  ],
  [
    'a file of a store with more slots per file',
    (platform) => overwrite(platform, OLD_SLOTS, Buffer.alloc(40, 0x11), 160),
  ],
  [
    'the checkpoint of another store',
    async (platform) => {
      const other = storeMachine('other');
      await (await openSmall(other)).store.close();
      await overwrite(
        platform,
        '/data/checkpoint',
        other.files.disk.snapshot().get('/data/checkpoint') ?? Buffer.alloc(0),
      );
    },
  ],
  ['directories that are not ours', (platform) => platform.files.makeDirectory('/data/queues/UPPER/x')],
];

describe('derived files', () => {
  it.each(damages)('with %s give the same queue, built again from the log where need be', async (_, damage) => {
    const platform = await closedStore();
    await damage(platform);
    for (let start = 0; start < 2; start++) {
      const { store } = await openSmall(platform);
      expect(store.queueRange('orders', 0)).toEqual({ startOffset: 0, endOffset: 20 });
      expect(await bodiesOf(store)).toEqual(bodies);
      await store.close();
    }
  });

  it('newer than the log (an older copy of the log was put back) are not believed', async () => {
    const older = await closedStore(5);
    const newer = await closedStore();
    const olderLog = older.files.disk.snapshot();
    for (const name of await newer.files.list('/data/log')) {
      const bytes = olderLog.get(`/data/log/${name}`) ?? Buffer.alloc(4096);
      await overwrite(newer, `/data/log/${name}`, bytes);
    }
    const { store } = await openSmall(newer);
    expect(await bodiesOf(store)).toEqual(bodies.slice(0, 5));
    await store.append([sampleSet({ bodies: ['next'] })]).durable;
    expect(await bodiesOf(store)).toEqual([...bodies.slice(0, 5), 'next']);
    await store.close();
  });

  it('report a slot that was damaged while the store runs, and never serve another message for it', async () => {
    const platform = await closedStore();
    const { store } = await openSmall(platform);
    platform.files.disk.corrupt(OLD_SLOTS, 7, 0x38);
    await expect(store.read('orders', 0, 0, 100)).rejects.toThrow(expect.objectContaining({ code: 'damaged' }));
    await store.close();
  });

  it('keep topics apart that differ in case only', async () => {
    const platform = storeMachine();
    const { store } = await openSmall(platform);
    await store.append([
      sampleSet({ topic: 'Orders', bodies: ['big'] }),
      sampleSet({ topic: 'orders', bodies: ['small'] }),
    ]).durable;
    await store.close();
    const { store: second } = await openSmall(platform);
    expect([await bodiesOf(second, 'Orders'), await bodiesOf(second, 'orders')]).toEqual([['big'], ['small']]);
    expect(await platform.files.list('/data/queues')).toEqual(['+orders', 'orders']);
    await second.close();
  });
});
