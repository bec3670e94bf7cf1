import { encodeMessageSet } from '#message-set';
import { isRefused } from './refusals.js';
import { BrokerFixture, leased, testSet } from './testing/broker-fixture.js';

describe('message broker', () => {
  it('a set is placed, leased, acked, and never seen again', async () => {
    const on = new BrokerFixture();
    expect(await on.send('orders', 0, 3)).toMatchObject([{ kind: 'placed', queueId: 0, baseOffset: 0 }]);
    const runs = await on.receive();
    expect(leased(runs)).toEqual(['0x1', '1x1', '2x1']);
    expect(await on.ack(runs)).toEqual(['settled']);
    await on.clock.advance(60_000);
    expect(await on.receive()).toEqual([]);
    expect(on.broker.counters).toMatchObject({ leaseCount: 0, deadlineCount: 0 });
  });

  it('no offset is leased twice while two receives wait for the disk', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 10);
    await on.receive({ messageCountMax: 1 });
    let open = () => {};
    on.store.readGate = new Promise((resolve) => {
      open = resolve;
    });
    const both = [on.receive({ messageCountMax: 4 }), on.receive({ messageCountMax: 4 })];
    await on.clock.settle();
    open();
    const [first, second] = await Promise.all(both);
    expect([...leased(first ?? []), ...leased(second ?? [])]).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((each) => `${each}x1`),
    );
  });

  it('an expired lease gives its messages back with attempt 2, never early', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 2);
    await on.receive({ visibilityMs: 1000 });
    await on.clock.advance(999);
    expect(await on.receive()).toEqual([]);
    await on.clock.advance(1);
    expect(leased(await on.receive())).toEqual(['0x2', '1x2']);
  });

  it('the attempt count survives a restart', async () => {
    const on = new BrokerFixture();
    await on.send();
    await on.receive({ visibilityMs: 1000 });
    await on.clock.advance(1000);
    on.restart();
    expect(leased(await on.receive())).toEqual(['0x2']);
  });

  it('an acked message is not delivered after a restart', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 2);
    const runs = await on.receive({ messageCountMax: 1 });
    await on.ack(runs);
    on.restart();
    expect(leased(await on.receive())).toEqual(['1x1']);
  });

  it('an ack is answered only when it is durable, and a crash before that delivers again', async () => {
    const on = new BrokerFixture();
    await on.send();
    const runs = await on.receive();
    on.store.isAutomatic = false;
    let answered = false;
    void on.ack(runs).then(() => {
      answered = true;
    });
    await on.clock.settle();
    expect([answered, on.store.pendingCount]).toEqual([false, 1]);
    on.restart();
    expect(leased(await on.receive())).toEqual(['0x1']);
  });

  it('a message is not leased before it is durable', async () => {
    const on = new BrokerFixture();
    await on.send();
    await on.ack(await on.receive());
    on.store.isAutomatic = false;
    const sent = on.send();
    await on.clock.settle();
    expect(await on.receive()).toEqual([]);
    on.store.confirm();
    expect(await sent).toMatchObject([{ kind: 'placed', baseOffset: 1 }]);
    expect(leased(await on.receive())).toEqual(['1x1']);
  });

  it('a late ack is stale once the message is leased again, and settles it if not', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 1);
    const first = await on.receive({ visibilityMs: 1000 });
    await on.clock.advance(1000);
    const second = await on.receive({ visibilityMs: 1000 });
    expect(await on.ack(first)).toEqual(['stale']);
    await on.clock.advance(1000);
    expect(await on.ack(first)).toEqual(['stale']);
    expect(await on.ack(second)).toEqual(['settled']);
    expect(await on.receive()).toEqual([]);
  });

  it('a receipt is good after a restart while nobody else has the message', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 2);
    const runs = await on.receive();
    on.restart();
    expect(await on.ack(runs)).toEqual(['settled']);
    expect(await on.ack(runs)).toEqual(['settled']);
    expect(await on.receive()).toEqual([]);
  });

  it('a receipt is stale after a restart once somebody else has the message', async () => {
    const on = new BrokerFixture();
    await on.send();
    const runs = await on.receive();
    on.restart();
    await on.receive();
    expect(await on.ack(runs)).toEqual(['stale']);
  });

  it('a receipt proves nothing for another group, queue or offset, nor when bent', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 2);
    await on.send('orders', 1, 2);
    const [run] = await on.receive({ messageCountMax: 1 });
    await on.receive({ group: 'other' });
    const { receipt, offsets } = run ?? { receipt: '', offsets: [] };
    const ack = async (group: string, queueId: number, given: readonly number[], text = receipt) => {
      const answer = await on.broker.ack({
        group,
        topic: 'orders',
        items: [{ queueId, receipt: text, offsets: given }],
      });
      return isRefused(answer) ? answer.code : answer.outcomes[0];
    };
    for (const restarted of [false, true]) {
      if (restarted) on.restart();
      expect(await ack('other', 0, offsets)).toBe('unknown');
      expect(await ack('nobody', 0, offsets)).toBe('unknown');
      expect(await ack('g', 1, offsets)).toBe('unknown');
      expect(await ack('g', 0, [0, 1])).toBe('unknown');
      expect(await ack('g', 0, offsets, `A${receipt}`)).toBe('unknown');
      expect(await ack('g', 0, offsets, 'guess')).toBe('unknown');
    }
  });

  it('a nack counts as a failure and delays by the time given, across a restart too', async () => {
    const on = new BrokerFixture();
    await on.send();
    const nack = (runs: Awaited<ReturnType<BrokerFixture['receive']>>) =>
      on.broker.nack({ group: 'g', topic: 'orders', items: runs, delayMs: 5000 });
    expect(await nack(await on.receive())).toEqual({ outcomes: ['settled'] });
    await on.clock.advance(4999);
    expect(await on.receive()).toEqual([]);
    await on.clock.advance(1);
    const again = await on.receive();
    expect(leased(again)).toEqual(['0x2']);
    await nack(again);
    await on.clock.advance(2000);
    on.restart();
    expect(await on.receive()).toEqual([]);
    await on.clock.advance(3000);
    expect(leased(await on.receive())).toEqual(['0x3']);
  });

  it('an extended lease lives on', async () => {
    const on = new BrokerFixture();
    await on.send();
    const runs = await on.receive({ visibilityMs: 1000 });
    await on.clock.advance(900);
    const extended = await on.broker.extend({ group: 'g', topic: 'orders', items: runs, visibilityMs: 1000 });
    expect(extended).toEqual({ outcomes: ['settled'] });
    await on.clock.advance(999);
    expect(await on.receive()).toEqual([]);
    expect(await on.ack(runs)).toEqual(['settled']);
  });

  it('a parked receive wakes on arrival and on expiry of others, and leaves nothing behind when aborted', async () => {
    const on = new BrokerFixture();
    await on.send();
    await on.receive({ visibilityMs: 1000 });
    const waiting = on.receive({ waitMs: 20_000, queueId: -1 });
    await on.clock.advance(1000);
    expect(leased(await waiting)).toEqual(['0x2']);
    const arriving = on.receive({ waitMs: 20_000, queueId: -1 });
    await on.clock.settle();
    await on.send('orders', 3, 1);
    expect((await arriving)[0]?.queueId).toBe(3);
    const controller = new AbortController();
    const aborted = on.receive({ waitMs: 20_000, queueId: 2 }, controller.signal);
    await on.clock.settle();
    expect(on.broker.counters.parkedReceiveCount).toBe(1);
    controller.abort();
    expect(await aborted).toEqual([]);
    expect(on.broker.counters).toMatchObject({ parkedReceiveCount: 0, deadlineCount: 2 });
  });

  it('a parked receive is answered empty when its time is up', async () => {
    const on = new BrokerFixture();
    const waiting = on.receive({ waitMs: 1000 });
    await on.clock.advance(1000);
    expect(await waiting).toEqual([]);
    expect(on.broker.counters).toMatchObject({ parkedReceiveCount: 0, deadlineCount: 0 });
  });

  it('an abort during the read gives the messages back without a failure', async () => {
    const on = new BrokerFixture();
    await on.send();
    await on.receive({ group: 'warm' });
    const controller = new AbortController();
    let open = () => {};
    on.store.readGate = new Promise((resolve) => {
      open = resolve;
    });
    const aborted = on.receive({}, controller.signal);
    await on.clock.settle();
    controller.abort();
    open();
    expect(await aborted).toEqual([]);
    expect(leased(await on.receive())).toEqual(['0x1']);
  });

  it('the same attempt gets the same batch again, as long as its lease lives', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 4);
    const first = await on.receive({ attemptId: 'same', messageCountMax: 2, visibilityMs: 1000 });
    const second = await on.receive({ attemptId: 'same', messageCountMax: 2, visibilityMs: 1000 });
    expect(second).toEqual(first);
    expect(leased(await on.receive({ attemptId: 'another', visibilityMs: 9000 }))).toEqual(['2x1', '3x1']);
    await on.clock.advance(1000);
    expect(leased(await on.receive({ attemptId: 'same' }))).toEqual(['0x2', '1x2']);
  });

  it('a group that starts from latest pins its start durably, before it reads', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 5);
    expect(await on.receive({ startFrom: 'latest' })).toEqual([]);
    await on.send('orders', 0, 1);
    on.restart();
    expect(leased(await on.receive({ startFrom: 'latest' }))).toEqual(['5x1']);
  });

  it('a group whose creation was not durable is made anew after a crash, and nothing was leased', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 1);
    on.store.isAutomatic = false;
    let answered = false;
    void on.receive({ startFrom: 'latest' }).then(() => {
      answered = true;
    });
    await on.clock.settle();
    expect(answered).toBe(false);
    on.restart();
    expect(leased(await on.receive({ startFrom: 'earliest' }))).toEqual(['0x1']);
  });

  it('queues take turns', async () => {
    const on = new BrokerFixture();
    for (const queueId of [0, 1, 2, 3]) await on.send('orders', queueId, 10);
    const seen: (number | undefined)[] = [];
    for (let turn = 0; turn < 4; turn++) {
      seen.push((await on.receive({ queueId: -1, messageCountMax: 2 }))[0]?.queueId);
    }
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it('a receive is limited in bytes, and what was not read is free for the next', async () => {
    const on = new BrokerFixture();
    await on.broker.send([0, 1, 2, 3].map(() => testSet('orders', 0, 1, 1000)));
    expect(leased(await on.receive({ bytesMax: 2500 }))).toEqual(['0x1', '1x1']);
    expect(leased(await on.receive())).toEqual(['2x1', '3x1']);
  });

  it('a queue stalls when its window is full, and goes on when the floor moves', async () => {
    const on = new BrokerFixture({ windowOffsetCount: 5 });
    await on.send('orders', 0, 8);
    const stuck = await on.receive({ messageCountMax: 1 });
    await on.ack(await on.receive({ messageCountMax: 10 }));
    expect(await on.receive()).toEqual([]);
    expect(on.broker.counters.stalledQueueCount).toBe(1);
    await on.ack(stuck);
    expect(leased(await on.receive())).toEqual(['5x1', '6x1', '7x1']);
  });

  it('messages that retention deleted are passed over, for good', async () => {
    const on = new BrokerFixture();
    for (let count = 0; count < 5; count++) await on.send('orders', 0, 1);
    await on.receive({ messageCountMax: 1, visibilityMs: 1 });
    await on.clock.advance(10);
    on.store.startOffset = 3;
    expect(leased(await on.receive())).toEqual(['3x1', '4x1']);
    expect(on.broker.describeGroup('g', 'orders')).toMatchObject({ queues: [{ floorOffset: 3 }, {}, {}, {}] });
  });

  it('a group is described with its floor, lag and leases', async () => {
    const on = new BrokerFixture();
    await on.send('orders', 0, 5);
    await on.receive({ messageCountMax: 1 });
    await on.ack(await on.receive({ messageCountMax: 2 }));
    expect(on.broker.describeGroup('g', 'orders')).toMatchObject({
      queues: [{ queueId: 0, floorOffset: 0, endOffset: 5, inFlightCount: 1, lagCount: 3 }, {}, {}, {}],
    });
    expect(on.broker.listGroups()).toEqual({ groups: [{ group: 'g', topic: 'orders' }] });
  });
});

describe('message broker, refusing', () => {
  const refusal = async (sets: Buffer[], on = new BrokerFixture()) => {
    const [outcome] = await on.broker.send(sets);
    return outcome?.kind === 'refused' ? outcome.code : outcome?.kind;
  };

  it('a control or snapshot set from a client is refused', async () => {
    for (const kind of ['control', 'snapshot'] as const) {
      const messages = [
        {
          messageId: '0'.repeat(32),
          type: 'normal',
          bornAtMs: 0,
          bodyEncoding: 'raw',
          body: Buffer.from('x'),
        } as const,
      ];
      const ids = { producerId: 0, producerEpoch: 0, firstSequence: 0 };
      expect(await refusal([encodeMessageSet({ kind, topic: 'orders', queueId: 0, ...ids, messages })])).toBe(
        'bad-set',
      );
    }
  });

  it('bent, trailing, oversized and misdirected sets are refused one by one, the others placed', async () => {
    const on = new BrokerFixture({ messageBytesMax: 1000, setBytesMax: 5000 });
    const bent = testSet('orders', 0, 1);
    bent.writeUInt8(bent.readUInt8(60) ^ 1, 60);
    const sets = [
      bent,
      Buffer.concat([testSet('orders', 0, 1), Buffer.from([0])]),
      testSet('orders', 0, 1, 2000),
      testSet('orders', 0, 10, 900),
      testSet('orders', 4, 1),
      testSet('%retry', 0, 1),
      testSet('orders', 1, 1),
    ];
    const codes = (await on.broker.send(sets)).map((each) => (each.kind === 'refused' ? each.code : each.kind));
    expect(codes).toEqual(['bad-set', 'bad-set', 'too-large', 'too-large', 'unknown-queue', 'bad-name', 'placed']);
  });

  it('racing sends to a new topic make it once', async () => {
    const on = new BrokerFixture();
    const outcomes = await Promise.all([on.send(), on.send(), on.send()]);
    expect(outcomes.map(([each]) => each?.kind === 'placed' && each.baseOffset)).toEqual([0, 1, 2]);
    expect(on.state.confirmedRecordCount).toBe(1);
  });

  it('an unknown topic is refused when topics are not made by themselves', async () => {
    const on = new BrokerFixture({ autoCreateTopics: false });
    expect(await refusal([testSet('orders', 0, 1)], on)).toBe('unknown-topic');
    await on.broker.createTopic({ topic: 'orders', queueCount: 2 });
    expect(await refusal([testSet('orders', 0, 1)], on)).toBe('placed');
    expect(await on.broker.createTopic({ topic: 'orders', queueCount: 2 })).toMatchObject({ queueCount: 2 });
    expect(await on.broker.createTopic({ topic: 'orders', queueCount: 3 })).toMatchObject({ code: 'topic-exists' });
    expect(await on.broker.createTopic({ topic: '%x', queueCount: 3 })).toMatchObject({ code: 'bad-name' });
    expect(await on.broker.createTopic({ topic: 'b', queueCount: 0 })).toMatchObject({ code: 'bad-request' });
  });

  it('a full disk refuses what may be tried again; the ack that it refused leaves the lease in force', async () => {
    const on = new BrokerFixture();
    await on.send();
    const runs = await on.receive();
    on.store.appendError = Object.assign(new Error('full'), { code: 'disk-full' });
    expect(await on.send()).toMatchObject([{ code: 'disk-full', retryable: true }]);
    expect(await on.ack(runs)).toEqual(['disk-full']);
    on.store.appendError = undefined;
    expect(await on.receive()).toEqual([]);
    expect(await on.ack(runs)).toEqual(['settled']);
  });

  it('a failed store makes a send fail, not refuse: the outcome is unknown', async () => {
    const on = new BrokerFixture();
    await on.send();
    on.store.isAutomatic = false;
    const sent = on.send();
    const failed = expect(sent).rejects.toThrow('sync failed');
    on.store.fail(Object.assign(new Error('sync failed'), { code: 'failed' }));
    await failed;
    expect(on.broker.counters.pendingSendBytes).toBe(0);
  });

  it('sends beyond the pending bytes are refused as overloaded', async () => {
    const on = new BrokerFixture({ pendingSendBytesMax: 500 });
    await on.send();
    on.store.isAutomatic = false;
    const waiting = on.send();
    await on.clock.settle();
    expect(await refusal([testSet('orders', 0, 1, 400)], on)).toBe('overloaded');
    on.store.confirm();
    expect(await waiting).toMatchObject([{ kind: 'placed' }]);
  });

  it('a drained broker answers who waits, refuses new work and still takes acks', async () => {
    const on = new BrokerFixture();
    await on.send();
    const runs = await on.receive();
    const waiting = on.receive({ waitMs: 20_000 });
    await on.clock.settle();
    on.broker.drain();
    expect(await waiting).toEqual([]);
    expect(await on.send()).toMatchObject([{ code: 'draining', retryable: true }]);
    await expect(on.receive()).rejects.toThrow('draining');
    expect(await on.ack(runs)).toEqual(['settled']);
    await on.broker.close();
    expect(on.clock.scheduledCount()).toBe(0);
  });
});
