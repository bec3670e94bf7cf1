import { MQ_ROUTES } from '#mq-protocol';
import { RecordingLogger, SeededRandom, VirtualClock } from '#platform/testing';
import { RpcError } from '#rpc';
import type { MessageHandler } from './consumer/consumer.js';
import type { ConsumerSettings } from './consumer/consumer.options.js';
import { DeadLetter, RetryLater, Skip } from './consumer/verdicts.js';
import { createConsumer } from './create-consumer.js';
import { createProducer } from './create-producer.js';
import type { ReceivedMessage } from './received-message.js';
import { FakeBroker } from './testing/fake-broker.js';
import { specMessage } from './testing/spec-message.js';

function setUp() {
  const clock = new VirtualClock();
  const broker = new FakeBroker(clock);
  broker.createTopic('orders', 1);
  const logger = new RecordingLogger();
  const random = new SeededRandom('consumer');
  const producer = createProducer({}, broker, { clock, random });
  const send = (count: number, tag?: string) =>
    Promise.all(Array.from({ length: count }, (_, index) => producer.send(specMessage(`${index}`, { tag }))));
  const consume = (handler: MessageHandler, given: Partial<ConsumerSettings> = {}) => {
    const settings = { group: 'points', subscriptions: [{ topic: 'orders' }], ...given };
    const consumer = createConsumer(settings, handler, broker, { clock, random, logger });
    consumer.start();
    return consumer;
  };
  const ackedCount = (group = 'points') =>
    broker.queues('orders').reduce((sum, queue) => sum + queue.ackedOffsets(group).length, 0);
  return { clock, broker, logger, send, consume, ackedCount };
}

/** A handler whose runs end when the spec says so. */
function manual() {
  const started: ReceivedMessage[] = [];
  const finish: (() => void)[] = [];
  const handler: MessageHandler = (message) => {
    started.push(message);
    return new Promise<void>((resolve) => finish.push(resolve));
  };
  return { started, finish, handler };
}

const text = (message: ReceivedMessage) => message.body.toString();

describe('a consumer', () => {
  it('handles messages in order and acknowledges what returned, many in one request', async () => {
    const { clock, broker, send, consume, ackedCount } = setUp();
    await send(100);
    const seen: string[] = [];
    const consumer = consume((message) => {
      seen.push(text(message));
    });
    await clock.advance(10);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => `${index}`));
    expect(ackedCount()).toBe(100);
    expect(broker.seenCount(MQ_ROUTES.ack)).toBe(1);
    expect(consumer.counts()).toMatchObject({ receivedCount: 100, ackedCount: 100, runningCount: 0, bufferedCount: 0 });
  });

  it('gives handlers everything that is known of a message', async () => {
    const { clock, broker, consume } = setUp();
    const producer = createProducer({}, broker, { clock, random: new SeededRandom('x') });
    const headers = { tenant: 'a' };
    const outgoing = specMessage('body', { tag: 'placed', keys: ['o1', 'o2'], orderingKey: 'o1', headers });
    const receipt = await producer.send(outgoing);
    const seen: ReceivedMessage[] = [];
    consume((message) => seen.push(message));
    await clock.advance(1);
    expect(seen[0]).toMatchObject({
      messageId: receipt.messageId,
      topic: 'orders',
      tag: 'placed',
      keys: ['o1', 'o2'],
      orderingKey: 'o1',
      headers,
      queueId: receipt.queueId,
      offset: receipt.offset,
      deliveryAttempt: 1,
      bornAtMs: clock.wallMs() - 1,
    });
  });

  it('runs no more handlers than its concurrency and holds no more than its prefetch', async () => {
    const { clock, send, consume } = setUp();
    await send(100);
    const { started, finish, handler } = manual();
    const consumer = consume(handler, { concurrency: 3, prefetchCountMax: 10 });
    await clock.advance(1);
    expect(started).toHaveLength(3);
    // Ten were asked for, three of them started, which left more than half: nothing more is asked for.
    expect(consumer.counts()).toMatchObject({ receivedCount: 10, bufferedCount: 7, runningCount: 3 });
    for (let done = 0; done < 100; done++) {
      await clock.runUntil(() => finish.length > 0, 100);
      finish.shift()?.();
      await clock.advance(1);
      expect(consumer.counts().runningCount).toBeLessThanOrEqual(3);
      expect(consumer.counts().bufferedCount).toBeLessThanOrEqual(10);
    }
    expect(started).toHaveLength(100);
  });

  it('gathers acknowledgements while one is on the way', async () => {
    const { clock, broker, send, consume } = setUp();
    await send(50);
    let open: () => void = () => undefined;
    broker.gates.set(MQ_ROUTES.ack, new Promise((resolve) => (open = resolve)));
    const { finish, handler } = manual();
    consume(handler, { concurrency: 50 });
    await clock.advance(1);
    for (const end of finish) {
      end();
      await clock.settle();
    }
    expect(broker.seenCount(MQ_ROUTES.ack)).toBe(1);
    open();
    await clock.advance(1);
    expect(broker.seenCount(MQ_ROUTES.ack)).toBe(2);
    // One receipt, one run of offsets.
    expect(broker.seen.at(-1)?.payload).toMatchObject({ items: [{ ranges: [1, 49] }] });
  });

  it('delivers again with attempt 2 after a handler failed', async () => {
    const { clock, send, consume, ackedCount, logger } = setUp();
    await send(1);
    const attempts: number[] = [];
    const consumer = consume(async (message) => {
      attempts.push(message.deliveryAttempt);
      if (attempts.length === 1) throw new Error('out of paper');
    });
    await clock.advance(400);
    expect(attempts).toEqual([1]);
    await clock.advance(1000);
    expect(attempts).toEqual([1, 2]);
    expect(ackedCount()).toBe(1);
    expect(consumer.counts()).toMatchObject({ failedCount: 1, nackedCount: 1, ackedCount: 1 });
    expect(logger.records.filter((each) => each.fields['reason'] === 'out of paper')).toHaveLength(1);
  });

  it('backs off longer with every attempt, up to the maximum', async () => {
    const { clock, send, consume } = setUp();
    await send(1);
    const atMs: number[] = [];
    consume(
      () => {
        atMs.push(clock.monotonicMs());
        throw new Error('never');
      },
      { retryMsMin: 1000, retryMsMax: 8000 },
    );
    await clock.advance(60_000);
    const pauses = atMs.slice(1).map((each, index) => each - (atMs[index] ?? 0));
    for (const [index, wholeMs] of [1000, 2000, 4000, 8000, 8000, 8000].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(wholeMs / 2);
      expect(pauses[index]).toBeLessThanOrEqual(wholeMs + 10);
    }
  });

  it('obeys RetryLater, and acknowledges what was skipped', async () => {
    const { clock, send, consume, ackedCount } = setUp();
    await send(2);
    const seen: string[] = [];
    consume(async (message) => {
      seen.push(`${text(message)}/${message.deliveryAttempt}`);
      if (text(message) === '1') throw new Skip();
      if (message.deliveryAttempt === 1) throw new RetryLater(30_000);
    });
    await clock.advance(29_000);
    expect(seen).toEqual(['0/1', '1/1']);
    await clock.advance(2000);
    expect(seen).toEqual(['0/1', '1/1', '0/2']);
    expect(ackedCount()).toBe(2);
  });

  it('never lets a dead letter vanish: logged as an error and delivered again after the longest delay', async () => {
    const { clock, send, consume, ackedCount, logger } = setUp();
    await send(1);
    let count = 0;
    consume(
      async () => {
        count += 1;
        throw new DeadLetter('unreadable');
      },
      { retryMsMax: 10_000 },
    );
    await clock.advance(9000);
    expect(count).toBe(1);
    expect(ackedCount()).toBe(0);
    expect(logger.records.some((each) => each.level === 'error' && each.fields['reason'] === 'unreadable')).toBe(true);
    await clock.advance(2000);
    expect(count).toBe(2);
  });

  it('settles once: the first settling of a handler wins', async () => {
    const { clock, send, consume, ackedCount } = setUp();
    await send(1);
    const results: boolean[] = [];
    consume(async (_, delivery) => {
      results.push(delivery.ack(), delivery.retry(), delivery.ack());
      throw new Error('too late to matter');
    });
    await clock.advance(5000);
    expect(results).toEqual([true, false, false]);
    expect(ackedCount()).toBe(1);
  });

  it('acknowledges messages with other tags unseen and counts them', async () => {
    const { clock, send, consume, ackedCount } = setUp();
    await send(3, 'placed');
    await send(2, 'cancelled');
    const seen: string[] = [];
    const subscriptions = [{ topic: 'orders', tags: ['cancelled'] }];
    const consumer = consume((message) => seen.push(message.tag ?? ''), { subscriptions });
    await clock.advance(1);
    expect(seen).toEqual(['cancelled', 'cancelled']);
    expect(ackedCount()).toBe(5);
    expect(consumer.counts().filteredCount).toBe(3);
  });

  it('extends the leases of slow handlers and of what waits behind them', async () => {
    const { clock, send, consume, ackedCount } = setUp();
    await send(3);
    const { started, finish, handler } = manual();
    const consumer = consume(handler, { concurrency: 1, leaseMs: 10_000 });
    await clock.advance(300_000);
    expect(started).toHaveLength(1);
    for (let turn = 0; turn < 3; turn++) {
      finish[turn]?.();
      await clock.advance(100_000);
    }
    expect(started.map(text)).toEqual(['0', '1', '2']);
    expect(started.every((each) => each.deliveryAttempt === 1)).toBe(true);
    expect(ackedCount()).toBe(3);
    expect(consumer.counts().extendedCount).toBeGreaterThan(10);
  });

  it('stops extending after the total, tells the handler, and the message is delivered again', async () => {
    const { clock, send, consume } = setUp();
    await send(1);
    const signals: AbortSignal[] = [];
    const stuck: MessageHandler = (message, delivery) => {
      signals.push(delivery.signal);
      return message.deliveryAttempt === 1 ? new Promise(() => undefined) : undefined;
    };
    consume(stuck, { leaseMs: 10_000, leaseTotalMsMax: 60_000 });
    await clock.advance(50_000);
    expect(signals.map((each) => each.aborted)).toEqual([false]);
    await clock.advance(50_000);
    expect(signals.map((each) => each.aborted)).toEqual([true, false]);
  });

  it('does not start what was leased to somebody else while it waited', async () => {
    const { clock, broker, send, consume } = setUp();
    await send(2);
    const { started, finish, handler } = manual();
    const consumer = consume(handler, { concurrency: 1, leaseMs: 10_000 });
    await clock.advance(1);
    broker.fault = (route) =>
      route === MQ_ROUTES.extend ? { when: 'before', error: new RpcError('UNAVAILABLE', 'gone') } : undefined;
    await clock.advance(15_000);
    finish[0]?.();
    await clock.advance(1);
    expect(consumer.counts().lostCount).toBe(1);
    expect(started.slice(1).every((each) => each.deliveryAttempt === 2)).toBe(true);
  });

  it('handles what it holds after the broker restarted, and counts the late settlements as stale', async () => {
    const { clock, broker, send, consume, ackedCount } = setUp();
    await send(4);
    const { started, finish, handler } = manual();
    const consumer = consume(handler, { concurrency: 2, prefetchCountMax: 4 });
    await clock.advance(1);
    broker.restart();
    for (let turn = 0; turn < 12; turn++) {
      finish[turn]?.();
      await clock.advance(10);
    }
    expect(started.length).toBeGreaterThanOrEqual(6);
    expect(consumer.counts().staleCount).toBe(4);
    expect(ackedCount()).toBe(4);
  });

  it('settles again after the broker was away', async () => {
    const { clock, broker, send, consume, ackedCount } = setUp();
    await send(5);
    let isDown = true;
    broker.fault = (route) =>
      route === MQ_ROUTES.ack && isDown ? { when: 'before', error: new RpcError('UNAVAILABLE', 'down') } : undefined;
    const consumer = consume(() => undefined);
    await clock.advance(5000);
    expect(ackedCount()).toBe(0);
    isDown = false;
    await clock.advance(3000);
    expect(ackedCount()).toBe(5);
    expect(consumer.counts()).toMatchObject({ ackedCount: 5, lostCount: 0 });
  });

  it('repeats a receive whose answer was lost under the same attempt id, with pauses between', async () => {
    const { clock, broker, send, consume, logger } = setUp();
    await send(1);
    broker.fault = (route) =>
      route === MQ_ROUTES.receive ? { when: 'before', error: new RpcError('UNAVAILABLE', 'down') } : undefined;
    consume(() => undefined);
    await clock.advance(30_000);
    const ids = broker.seen.filter((each) => each.route === MQ_ROUTES.receive).map((each) => JSON.stringify(each));
    expect(new Set(ids).size).toBe(1);
    expect(ids.length).toBeGreaterThan(5);
    expect(ids.length).toBeLessThan(40);
    expect(logger.records.filter((each) => each.message.startsWith('receive failed'))).toHaveLength(1);
  });

  it('starts nothing while paused and goes on after resume', async () => {
    const { clock, send, consume } = setUp();
    const seen: string[] = [];
    const consumer = consume((message) => seen.push(text(message)));
    consumer.pause();
    await send(5);
    await clock.advance(60_000);
    expect(seen).toEqual([]);
    consumer.resume();
    await clock.advance(100);
    expect(seen).toHaveLength(5);
  });

  it('stops gracefully: running handlers finish and are acknowledged, the rest goes to others at once', async () => {
    const { clock, send, consume, ackedCount } = setUp();
    await send(10);
    const first = manual();
    const stopping = consume(first.handler, { concurrency: 2 });
    await clock.advance(1);
    const others: string[] = [];
    consume((message) => others.push(text(message)));
    const stopped = stopping.stop();
    await clock.advance(1);
    expect(others).toEqual(['2', '3', '4', '5', '6', '7', '8', '9']);
    for (const end of first.finish) end();
    await clock.advance(10);
    await stopped;
    expect(first.started).toHaveLength(2);
    expect(ackedCount()).toBe(10);
    expect(stopping.counts()).toMatchObject({ ackedCount: 2, nackedCount: 8 });
  });

  it('stops in bounded time although a handler hangs, and tells it', async () => {
    const { clock, send, consume } = setUp();
    await send(1);
    const signals: AbortSignal[] = [];
    const consumer = consume(
      (_, delivery) => {
        signals.push(delivery.signal);
        return new Promise(() => undefined);
      },
      { shutdownTimeoutMs: 1000 },
    );
    await clock.advance(1);
    const stopped = consumer.stop();
    await clock.advance(1500);
    await stopped;
    expect(signals[0]?.aborted).toBe(true);
  });

  it('leaves no timer behind', async () => {
    const { clock, send, consume } = setUp();
    await send(10);
    const consumer = consume(() => undefined);
    await clock.advance(100_000);
    const stopped = consumer.stop();
    await clock.advance(100);
    await stopped;
    await clock.advance(100_000);
    expect(clock.scheduledCount()).toBe(0);
  });

  it('shares the messages of a group between its consumers, and every group gets all', async () => {
    const { clock, send, consume } = setUp();
    const counts = { first: 0, second: 0, audit: 0 };
    const slow = (who: keyof typeof counts) => async () => {
      counts[who] += 1;
      await clock.sleep(10);
    };
    consume(slow('first'), { concurrency: 2, prefetchCountMax: 4 });
    consume(slow('second'), { concurrency: 2, prefetchCountMax: 4 });
    consume(slow('audit'), { group: 'audit' });
    await send(100);
    await clock.advance(2000);
    expect(counts.first + counts.second).toBe(100);
    expect(counts.first).toBeGreaterThan(10);
    expect(counts.second).toBeGreaterThan(10);
    expect(counts.audit).toBe(100);
  });

  it('reports every bad option at once', () => {
    const { consume } = setUp();
    const subscriptions = [{ topic: 'a b' }, { topic: 'orders', tags: [] }];
    expect(() => consume(() => undefined, { group: '', concurrency: 0, subscriptions })).toThrow(
      /concurrency.*group.*subscriptions.*subscriptions/,
    );
  });
});
