import { BrokerFixture, leased, testSet } from './testing/broker-fixture.js';

function gate() {
  let open = () => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

describe('a repeated receive attempt', () => {
  it('waits for the first one while that still reads, and gets the same batch', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 4);
    const disk = gate();
    on.store.readGate = disk.closed;
    const first = on.receive({ attemptId: 'same', messageCountMax: 2 });
    await on.clock.settle();
    const second = on.receive({ attemptId: 'same', messageCountMax: 2 });
    await on.clock.settle();
    disk.open();
    expect(leased(await first)).toEqual(['0x1', '1x1']);
    expect(await second).toEqual(await first);
    expect(leased(await on.receive())).toEqual(['2x1', '3x1']);
  });

  it('takes over what the first one read for a caller that went away', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 2);
    const disk = gate();
    on.store.readGate = disk.closed;
    const gone = new AbortController();
    const first = on.receive({ attemptId: 'same' }, gone.signal);
    await on.clock.settle();
    gone.abort();
    const second = on.receive({ attemptId: 'same' });
    await on.clock.settle();
    disk.open();
    expect([leased(await first), leased(await second)]).toEqual([[], ['0x1', '1x1']]);
    expect(on.broker.counters.leaseCount).toBe(1);
  });

  it('takes the place of the first one while that waits for messages', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 1);
    await on.ack(await on.receive());
    const first = on.receive({ attemptId: 'same', waitMs: 5000 });
    await on.clock.settle();
    const second = on.receive({ attemptId: 'same', waitMs: 5000 });
    await on.clock.settle();
    expect(on.broker.counters.parkedReceiveCount).toBe(1);
    await on.send('orders', 0, 1);
    expect([leased(await first), leased(await second)]).toEqual([[], ['1x1']]);
  });

  it('keeps the batch for the whole time that it asks for', async () => {
    const on = new BrokerFixture();
    await on.send();
    await on.receive({ attemptId: 'same', visibilityMs: 1000 });
    await on.clock.advance(900);
    const runs = await on.receive({ attemptId: 'same', visibilityMs: 1000 });
    await on.clock.advance(900);
    expect(await on.receive()).toEqual([]);
    expect(await on.ack(runs)).toEqual(['settled']);
  });
});

describe('a receive that asks for more than one answer can carry', () => {
  it('gets what fits, and the rest is free for the next one', async () => {
    const on = new BrokerFixture({ receiveBytesMax: 5000 });
    for (let index = 0; index < 4; index++) await on.broker.send([testSet('orders', 0, 1, 2000)]);
    const runs = await on.receive({ bytesMax: 0x7fffffff });
    expect(leased(runs)).toEqual(['0x1', '1x1']);
    expect(leased(await on.receive({ bytesMax: 0x7fffffff }))).toEqual(['2x1', '3x1']);
  });
});

describe('a broker that closes', () => {
  it('does not wait for ever for a disk that does not answer', async () => {
    const on = new BrokerFixture();
    await on.send();
    on.store.isAutomatic = false;
    const stuck = on.send();
    await on.clock.settle();
    let isClosed = false;
    void on.broker.close().then(() => {
      isClosed = true;
    });
    await on.clock.advance(9000);
    expect(isClosed).toBe(false);
    await on.clock.advance(2000);
    expect(isClosed).toBe(true);
    // The store's own end settles it, as unknown.
    on.store.fail(new Error('closed'));
    await expect(stuck).rejects.toThrow('closed');
  });
});

describe('a nack', () => {
  it.each([
    ['out of order', [2, 0]],
    ['named twice', [1, 1]],
  ])('of messages %s is refused whole, and the log stays readable', async (_, offsets) => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 3);
    const runs = await on.receive();
    const items = runs.map((run) => ({ ...run, offsets }));
    const answer = await on.broker.nack({ group: 'g', topic: 'orders', items, delayMs: 0 });
    expect(answer).toEqual({ outcomes: ['unknown'] });
    expect(await on.ack(runs)).toEqual(['settled']);
    on.restart();
    expect(await on.receive()).toEqual([]);
  });

  it('that does not count gives back at once, writes nothing, and the next delivery has the same attempt', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 2);
    const runs = await on.receive();
    const before = on.store.confirmedPosition;
    const items = runs.map((run) => ({ ...run, offsets: [1] }));
    const request = { group: 'g', topic: 'orders', items, delayMs: 0, countsAsFailure: false };
    expect(await on.broker.nack(request)).toEqual({ outcomes: ['settled'] });
    expect(on.store.confirmedPosition).toBe(before);
    expect(leased(await on.receive())).toEqual(['1x1']);
    expect(await on.broker.nack(request)).toEqual({ outcomes: ['stale'] });
    // The other message stayed with its lease.
    await on.clock.advance(30_000);
    expect(leased(await on.receive())).toEqual(['0x2', '1x2']);
    expect(on.broker.counters).toMatchObject({ leaseCount: 1 });
  });
});
