import { type MemoryPlatform, memoryPlatform } from '#platform/testing';
import { openMessageStore, resolveStoreOptions } from '#store';
import { createBrokerState } from './confirmed-state.js';
import { createMessageBroker } from './create-message-broker.js';
import { isRefused } from './refusals.js';
import { leased, testSet } from './testing/broker-fixture.js';

const REQUEST = {
  group: 'g',
  topic: 'orders',
  queueId: -1,
  messageCountMax: 100,
  bytesMax: 1_000_000,
  waitMs: 0,
  visibilityMs: 30_000,
  startFrom: 'earliest',
} as const;

async function open(platform: MemoryPlatform) {
  const state = createBrokerState();
  const options = resolveStoreOptions({
    dataDir: '/data',
    segmentBytes: 1024 * 1024,
    entryBytesMax: 256 * 1024,
    minFreeBytes: 0,
  });
  const store = await openMessageStore(options, platform, state.listener);
  const { clock, random, logger } = platform;
  const broker = createMessageBroker({ snapshotEveryBytes: 64 * 1024 }, { store, state, clock, random, logger });
  let attempt = 0;
  const receive = async (messageCountMax = 100) => {
    attempt += 1;
    const attemptId = `${store.epoch}-${attempt}`;
    const answer = await broker.receive({ ...REQUEST, messageCountMax, attemptId }, new AbortController().signal);
    if (isRefused(answer)) throw new Error(answer.message);
    return answer.runs;
  };
  return { store, state, broker, receive };
}

describe('broker over the real store', () => {
  it('what was acked stays acked and the rest comes again, across a clean restart with a snapshot', async () => {
    const platform = memoryPlatform(7);
    const first = await open(platform);
    for (let index = 0; index < 20; index++) await first.broker.send([testSet('orders', index % 4, 5)]);
    const runs = await first.receive(37);
    expect(await first.broker.ack({ group: 'g', topic: 'orders', items: runs })).toMatchObject({
      outcomes: runs.map(() => 'settled'),
    });
    await first.broker.close();
    await first.store.close();
    const second = await open(platform);
    expect(second.state.snapshotPosition).toBeGreaterThan(0);
    // The snapshot says it all: no record before it was read again.
    expect(second.state.confirmedRecordCount).toBe(0);
    const rest: string[] = [];
    for (let batch = await second.receive(); batch.length > 0; batch = await second.receive())
      rest.push(...leased(batch));
    expect(rest).toHaveLength(100 - 37);
    expect(await second.broker.ack({ group: 'g', topic: 'orders', items: runs })).toMatchObject({
      outcomes: runs.map(() => 'settled'),
    });
    await second.broker.close();
    await second.store.close();
  });

  it('snapshots are written while the log grows, and replay starts at the newest', async () => {
    const platform = memoryPlatform(8);
    const first = await open(platform);
    for (let index = 0; index < 40; index++) {
      await first.broker.send([testSet('orders', 0, 10, 500)]);
      await first.broker.ack({ group: 'g', topic: 'orders', items: await first.receive() });
    }
    await platform.clock.settle();
    await first.store.close(); // The broker is not closed: no last snapshot.
    const second = await open(platform);
    expect(second.state.snapshotPosition).toBeGreaterThan(0);
    expect(second.state.confirmedRecordCount).toBeLessThan(20);
    expect(second.broker.describeGroup('g', 'orders')).toMatchObject({
      queues: [{ floorOffset: 400, lagCount: 0 }, {}, {}, {}],
    });
    await second.store.close();
  });
});
