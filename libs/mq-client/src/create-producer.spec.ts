import { viewMessageSet } from '#message-set';
import { decodeSendRequest, MQ_ROUTES } from '#mq-protocol';
import { OptionsError } from '#platform';
import { SeededRandom, VirtualClock } from '#platform/testing';
import { RpcError } from '#rpc';
import { createProducer } from './create-producer.js';
import { MqError } from './mq-error.js';
import type { ProducerSettings } from './producer/producer.options.js';
import { queueOfKey } from './producer/queue-hash.js';
import { FakeBroker } from './testing/fake-broker.js';
import { specMessage } from './testing/spec-message.js';

function setUp(given: ProducerSettings = {}) {
  const clock = new VirtualClock();
  const broker = new FakeBroker(clock);
  broker.createTopic('orders');
  const producer = createProducer(given, broker, { clock, random: new SeededRandom('producer') });
  const sends = () => broker.seen.filter((each) => each.route === MQ_ROUTES.send);
  const setsOf = (index: number) => {
    const payload = sends()[index]?.payload;
    return Buffer.isBuffer(payload) ? decodeSendRequest(payload).sets.map((set) => viewMessageSet(set)) : [];
  };
  const gate = () => {
    let open: () => void = () => undefined;
    broker.gates.set(MQ_ROUTES.send, new Promise((resolve) => (open = resolve)));
    return () => {
      broker.gates.delete(MQ_ROUTES.send);
      open();
    };
  };
  return { clock, broker, producer, sends, setsOf, gate };
}

async function failure(promise: Promise<unknown>): Promise<MqError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof MqError) return error;
  throw new Error(`an MqError was expected, not ${String(error)}`);
}

const lost = (executed: boolean | undefined) =>
  new RpcError('UNAVAILABLE', 'the connection broke', { executed, retryable: executed === false });

describe('a producer', () => {
  it('puts all sends of a tick without keys into one set of one request', async () => {
    const { producer, sends, setsOf } = setUp();
    const receipts = await Promise.all(
      Array.from({ length: 100 }, (_, index) => producer.send(specMessage(`${index}`))),
    );
    expect(sends()).toHaveLength(1);
    expect(setsOf(0).map((set) => set.messageCount)).toEqual([100]);
    expect(receipts.map((each) => each.offset)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(new Set(receipts.map((each) => each.messageId)).size).toBe(100);
    expect(receipts[7]).toMatchObject({ kind: 'placed', topic: 'orders', durability: { flush: 'fsync', copies: 1 } });
  });

  it('goes round the queues from batch to batch', async () => {
    const { producer } = setUp();
    const queues: number[] = [];
    for (let turn = 0; turn < 8; turn++) queues.push((await producer.send(specMessage('x'))).queueId);
    expect(queues).toEqual([1, 2, 3, 0, 1, 2, 3, 0]);
  });

  it('sends messages with the same ordering key to the same queue, one set at a time', async () => {
    const { producer, sends, setsOf, gate, clock } = setUp();
    await producer.send(specMessage('first'));
    const open = gate();
    const first = producer.send(specMessage('a', { orderingKey: 'k' }));
    await clock.settle();
    const second = producer.send(specMessage('b', { orderingKey: 'k' }));
    await clock.settle();
    expect(sends()).toHaveLength(2);
    open();
    expect((await second).offset).toBe((await first).offset + 1);
    expect((await first).queueId).toBe(queueOfKey('k', 4));
    expect(setsOf(1)).toHaveLength(1);
  });

  it('keeps the order of a key when the first set is refused and sent again', async () => {
    const { producer, broker, clock } = setUp();
    broker.refusals.push({ kind: 'refused', code: 'overloaded', message: 'later', retryable: true });
    const sent = Promise.all(
      ['a', 'b', 'c'].map(async (text) => {
        const receipt = producer.send(specMessage(text, { orderingKey: 'k' }));
        await clock.settle();
        return receipt;
      }),
    );
    await clock.advance(1000);
    expect((await sent).map((each) => each.offset)).toEqual([0, 1, 2]);
  });

  it('gathers while all requests are on the way', async () => {
    const { producer, sends, setsOf, gate, clock } = setUp({ requestsInFlightMax: 1 });
    await producer.send(specMessage('warm'));
    const open = gate();
    const all = [producer.send(specMessage('first'))];
    await clock.settle();
    for (let turn = 0; turn < 50; turn++) {
      all.push(producer.send(specMessage(`${turn}`)));
      await clock.settle();
    }
    expect(sends()).toHaveLength(2);
    open();
    await Promise.all(all);
    expect(sends()).toHaveLength(3);
    expect(setsOf(2).map((set) => set.messageCount)).toEqual([50]);
  });

  it('puts a batch in one set of its own, with consecutive offsets', async () => {
    const { producer, setsOf } = setUp();
    await producer.send(specMessage('warm'));
    const single = producer.send(specMessage('single'));
    const receipts = await producer.sendBatch([specMessage('a'), specMessage('b'), specMessage('c')]);
    expect(receipts.map((each) => each.offset - (receipts[0]?.offset ?? 0))).toEqual([0, 1, 2]);
    expect(setsOf(1).map((set) => set.messageCount)).toEqual([1, 3]);
    await single;
    expect(producer.counts()).toMatchObject({ pendingCount: 0, pendingBytes: 0, placedCount: 5 });
  });

  it('refuses a batch for two topics or two ordering keys', async () => {
    const { producer } = setUp();
    const topics = producer.sendBatch([specMessage('a'), specMessage('b', { topic: 'other' })]);
    const keys = producer.sendBatch([specMessage('a', { orderingKey: '1' }), specMessage('b', { orderingKey: '2' })]);
    expect((await failure(topics)).code).toBe('bad-message');
    expect((await failure(keys)).code).toBe('bad-message');
  });

  it('reports a connection lost after sending as unknown, and does not send again', async () => {
    const { producer, broker, sends } = setUp();
    broker.fault = (route) => (route === MQ_ROUTES.send ? { when: 'after', error: lost(undefined) } : undefined);
    const error = await failure(producer.send(specMessage('x')));
    expect(error).toMatchObject({ code: 'unavailable', outcome: 'unknown' });
    expect(sends()).toHaveLength(1);
    expect(producer.counts()).toMatchObject({ unknownCount: 1, failedCount: 0, pendingCount: 0 });
  });

  it('sends again what may have been stored when told to', async () => {
    const { producer, broker, clock } = setUp({ retryUnknown: true });
    let faults = 1;
    broker.fault = (route) =>
      route === MQ_ROUTES.send && faults-- > 0 ? { when: 'after', error: lost(undefined) } : undefined;
    const receipt = producer.send(specMessage('x'));
    await clock.advance(1000);
    expect((await receipt).offset).toBe(1);
  });

  it('sends again what certainly was not executed, within the send timeout', async () => {
    const { producer, broker, clock } = setUp();
    let faults = 3;
    broker.fault = (route) =>
      route === MQ_ROUTES.send && faults-- > 0 ? { when: 'before', error: lost(false) } : undefined;
    const receipt = producer.send(specMessage('x'));
    await clock.advance(2000);
    expect((await receipt).offset).toBe(0);
    expect(producer.counts().retriedSetCount).toBe(3);
  });

  it('gives up with a certain failure when the send timeout is over', async () => {
    const { producer, broker, clock } = setUp({ sendTimeoutMs: 500 });
    await producer.send(specMessage('warm'));
    broker.fault = (route) => (route === MQ_ROUTES.send ? { when: 'before', error: lost(false) } : undefined);
    const sent = failure(producer.send(specMessage('x')));
    await clock.advance(1000);
    expect(await sent).toMatchObject({ code: 'unavailable', outcome: 'failed' });
  });

  it('passes on a refusal that cannot pass, as failed', async () => {
    const { producer, broker } = setUp();
    broker.refusals.push({ kind: 'refused', code: 'disk-full', message: 'full', retryable: false });
    expect(await failure(producer.send(specMessage('x')))).toMatchObject({ code: 'disk-full', outcome: 'failed' });
  });

  it('refuses sends beyond its backlog at once, and takes them again when there is room', async () => {
    const { producer, gate, clock } = setUp({ pendingCountMax: 3 });
    await producer.send(specMessage('warm'));
    const open = gate();
    const held = [1, 2, 3].map((each) => producer.send(specMessage(`${each}`)));
    expect(await failure(producer.send(specMessage('4')))).toMatchObject({ code: 'backlog-full', outcome: 'failed' });
    expect(() => producer.sendOneway(specMessage('4'))).toThrow('backlog-full');
    await clock.settle();
    open();
    await Promise.all(held);
    expect((await producer.send(specMessage('5'))).kind).toBe('placed');
  });

  it('bounds the backlog in bytes', async () => {
    const { producer } = setUp({ pendingBytesMax: 3000 });
    const held = [producer.send(specMessage('x'.repeat(1000))), producer.send(specMessage('x'.repeat(1000)))];
    expect((await failure(producer.send(specMessage('x'.repeat(1000))))).code).toBe('backlog-full');
    await Promise.all(held);
  });

  it.each([
    ['too-large', specMessage('x'.repeat(2000))],
    ['bad-name', specMessage('x', { topic: 'no spaces' })],
    ['bad-message', specMessage('x', { tag: 'ä'.repeat(200) })],
  ])('refuses one bad message with %s and harms no other', async (code, message) => {
    const { producer } = setUp({ messageBytesMax: 1500 });
    const good = producer.send(specMessage('good'));
    expect((await failure(producer.send(message))).code).toBe(code);
    expect((await good).kind).toBe('placed');
  });

  it('asks for the queues of a topic once, and again after the first send made it', async () => {
    const { producer, broker, clock } = setUp();
    await Promise.all([1, 2, 3].map((each) => producer.send(specMessage(`${each}`, { topic: 'new' }))));
    await clock.settle();
    expect(broker.seenCount(MQ_ROUTES.describeTopic)).toBe(2);
    await producer.send(specMessage('4', { topic: 'new' }));
    expect(broker.seenCount(MQ_ROUTES.describeTopic)).toBe(2);
  });

  it('chooses again when the broker does not know the queue', async () => {
    const { clock, broker, producer } = setUp({ selectQueue: (_, queueCount) => queueCount - 1 });
    await producer.send(specMessage('warm'));
    broker.createTopic('orders', 2);
    const receipt = producer.send(specMessage('x'));
    await clock.advance(100);
    expect((await receipt).queueId).toBe(0);
    expect((await producer.send(specMessage('y'))).queueId).toBe(1);
  });

  it('fails sends to a queue that the selector made up', async () => {
    const { producer } = setUp({ selectQueue: () => 17 });
    expect((await failure(producer.send(specMessage('x')))).code).toBe('unknown-queue');
    expect(producer.counts().pendingCount).toBe(0);
  });

  it('counts one-way sends that failed, because nobody else hears of them', async () => {
    const { producer, broker, clock } = setUp();
    await producer.send(specMessage('warm'));
    broker.refusals.push({ kind: 'refused', code: 'bad-set', message: 'no', retryable: false });
    producer.sendOneway(specMessage('x'));
    await clock.settle();
    expect(producer.counts()).toMatchObject({ failedCount: 1, unseenFailureCount: 1, pendingCount: 0 });
  });

  it('settles accepted sends before it is closed, and refuses later ones', async () => {
    const { producer } = setUp();
    const sent = producer.send(specMessage('x'));
    await producer.close();
    expect((await sent).kind).toBe('placed');
    expect((await failure(producer.send(specMessage('y')))).code).toBe('closed');
  });

  it('reports every bad option at once', () => {
    expect(() => setUp({ sendTimeoutMs: 0, setCountMax: 70_000 })).toThrow(OptionsError);
    expect(() => setUp({ sendTimeoutMs: 0, setCountMax: 70_000 })).toThrow(/sendTimeoutMs.*setCountMax/);
  });

  it.each(['known', 'new'])('a queue selector that throws fails its own message only (%s topic)', async (kind) => {
    let isBent = true;
    const selectQueue = () => {
      if (isBent) throw new Error('bent');
      return 1;
    };
    const { clock, producer } = setUp({ selectQueue });
    if (kind === 'known') {
      isBent = false;
      const warm = producer.send(specMessage('warm'));
      await clock.advance(10);
      await warm;
      isBent = true;
    }
    const outcomes = Promise.allSettled([producer.send(specMessage('a')), producer.sendBatch([specMessage('b')])]);
    await clock.advance(10);
    expect((await outcomes).map((each) => each.status === 'rejected' && each.reason.code)).toEqual([
      'bad-message',
      'bad-message',
    ]);
    expect(producer.counts()).toMatchObject({ pendingCount: 0, pendingBytes: 0, failedCount: 2 });
    await producer.close();
  });

  it.each([
    ['a body that is text', { body: 'text' }],
    ['an unknown encoding', { bodyEncoding: 'xml' }],
    ['too many keys', { keys: Array.from({ length: 70_000 }, () => '') }],
  ])('%s fails its own message, not those of its set', async (_, bent) => {
    const { clock, producer } = setUp();
    // What callers without types may give.
    const message = { ...specMessage('a'), ...bent } as ReturnType<typeof specMessage>;
    const outcomes = Promise.allSettled([producer.send(message), producer.send(specMessage('b'))]);
    await clock.advance(10);
    expect((await outcomes).map((each) => (each.status === 'rejected' ? each.reason.code : 'placed'))).toEqual([
      'bad-message',
      'placed',
    ]);
  });
});
