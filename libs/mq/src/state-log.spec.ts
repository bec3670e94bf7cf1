import { viewMessageSet } from '#message-set';
import { silentLogger } from '#platform';
import { VirtualClock } from '#platform/testing';
import { createBrokerState } from './confirmed-state.js';
import { encodeState } from './snapshot.format.js';
import { StateLog } from './state-log.js';
import type { StateRecord } from './state-record.js';
import { BrokerFixture, testSet } from './testing/broker-fixture.js';
import { FakeMessageStore, fakeDisk } from './testing/fake-message-store.js';

const TOPIC: StateRecord = { kind: 'topic-created', topic: 't', queueCount: 1 };
const GROUP: StateRecord = { kind: 'group-created', group: 'g', topic: 't', startFrom: 'earliest', startOffsets: [0] };
const failed = (from: number, to: number): StateRecord => {
  return { kind: 'failed', group: 'g', topic: 't', visibleAtMs: 0, queues: [{ queueId: 0, ranges: [{ from, to }] }] };
};
const acked = (from: number, to: number): StateRecord => {
  return { kind: 'acked', group: 'g', topic: 't', queues: [{ queueId: 0, ranges: [{ from, to }] }] };
};

function open(disk = fakeDisk()) {
  const clock = new VirtualClock();
  const state = createBrokerState();
  const store = new FakeMessageStore(disk, state.listener, () => clock.wallMs());
  return { disk, clock, state, store, log: new StateLog(store, state, clock, silentLogger) };
}

describe('StateLog', () => {
  it('acks of one turn and one group become one record of one entry', async () => {
    const on = open();
    await Promise.all([TOPIC, GROUP].map((record) => on.log.append(record)));
    await Promise.all([acked(0, 2), acked(4, 5), acked(2, 3), failed(6, 7)].map((record) => on.log.append(record)));
    expect(on.disk.entries.map((entry) => entry.sets.length)).toEqual([2, 2]);
    expect(on.state.current.groups.get('g/t')?.queues[0]?.floor).toBe(3);
  });

  it.each([0, 1, 2, 3])(
    'a snapshot holds the records before it that are not confirmed yet, each once (%i confirmed)',
    async (count) => {
      const on = open();
      await Promise.all([TOPIC, GROUP].map((record) => on.log.append(record)));
      on.store.isAutomatic = false;
      // The count of failures shows it if a record is missed or applied twice.
      for (const record of [failed(0, 3), failed(1, 3), acked(2, 3)]) {
        void on.log.append(record);
        on.log.flush();
      }
      on.store.confirm(count);
      const snapshot = on.log.snapshot();
      void on.log.append(failed(0, 1));
      on.log.flush();
      on.store.confirm();
      await snapshot;
      const live = encodeState(on.state.current);
      expect(on.disk.replayPosition).toBeGreaterThan(0);
      const again = open(on.disk);
      expect(again.state.confirmedRecordCount).toBe(1);
      expect(encodeState(again.state.current)).toEqual(live);
      expect(again.state.current.groups.get('g/t')?.queues[0]?.failures.get(0)?.count).toBe(2);
    },
  );

  it('a snapshot that cannot be written leaves the replay position alone', async () => {
    const on = open();
    await on.log.append(TOPIC);
    on.store.appendError = new Error('full');
    await on.log.snapshot();
    expect(on.disk.replayPosition).toBe(0);
  });

  it('a snapshot that the store refuses is tried again after as much log as before any other, not at every group', async () => {
    const on = new BrokerFixture({ snapshotEveryBytes: 64 * 1024 });
    await on.send();
    let triedCount = 0;
    const append = on.store.append.bind(on.store);
    on.store.append = (sets) => {
      if (sets.every((set) => viewMessageSet(set).kind !== 'snapshot')) return append(sets);
      triedCount += 1;
      throw new Error('too large');
    };
    for (let index = 0; index < 40; index++) {
      await on.broker.send([testSet('orders', 0, 1, 4096)]);
      await on.clock.settle();
    }
    expect(triedCount).toBe(2);
  });
});
