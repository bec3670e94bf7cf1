import { BrokerFixture } from './testing/broker-fixture.js';

describe('an arrival', () => {
  it('looks only at the groups of its own topic', async () => {
    const on = new BrokerFixture();
    await on.send('quiet', 0, 1);
    const waiting = on.receive({ group: 'waiting', topic: 'quiet', startFrom: 'latest', waitMs: 1000 });
    await on.send('busy', 0, 1);
    await on.clock.settle();
    expect(on.broker.counters.parkedReceiveCount).toBe(1);
    const asked: string[] = [];
    const queueRange = on.store.queueRange.bind(on.store);
    on.store.queueRange = (topic, queueId) => {
      asked.push(topic);
      return queueRange(topic, queueId);
    };
    await on.send('busy', 0, 1);
    expect(asked).not.toContain('quiet');
    await on.send('quiet', 0, 1);
    expect(await waiting).toHaveLength(1);
  });
});
