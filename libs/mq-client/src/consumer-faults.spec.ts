import { MQ_ROUTES } from '#mq-protocol';
import { RecordingLogger, SeededRandom, VirtualClock } from '#platform/testing';
import type { CallOptions } from '#rpc';
import type { MessageHandler } from './consumer/consumer.js';
import type { ConsumerSettings } from './consumer/consumer.options.js';
import { createConsumer } from './create-consumer.js';
import { createProducer } from './create-producer.js';
import { FakeBroker } from './testing/fake-broker.js';
import { specMessage } from './testing/spec-message.js';

/** A call that is aborted is over for the caller at once, but the broker hears of it only when it has answered. */
class CrossingBroker extends FakeBroker {
  override call(route: string, payload: unknown, options: CallOptions = {}): Promise<unknown> {
    const { signal, ...others } = options;
    const answer = super.call(route, payload, others);
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      answer.then(resolve, reject);
    });
  }
}

function setUp(Broker: typeof FakeBroker = FakeBroker) {
  const clock = new VirtualClock();
  const broker = new Broker(clock);
  broker.createTopic('orders', 1);
  const random = new SeededRandom('consumer faults');
  const producer = createProducer({}, broker, { clock, random });
  const send = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, index) => producer.send(specMessage(`${index}`))));
  const consume = (handler: MessageHandler, given: Partial<ConsumerSettings> = {}) => {
    const settings = { group: 'points', subscriptions: [{ topic: 'orders' }], ...given };
    const consumer = createConsumer(settings, handler, broker, { clock, random, logger: new RecordingLogger() });
    consumer.start();
    return consumer;
  };
  return { clock, broker, send, consume };
}

describe('a consumer that stops', () => {
  it('hands back what it did not start without counting an attempt', async () => {
    const { clock, send, consume } = setUp();
    await send(3);
    const stopping = consume(() => new Promise(() => undefined), { concurrency: 1, shutdownTimeoutMs: 1000 });
    await clock.advance(1);
    const attempts: number[] = [];
    consume((message) => attempts.push(message.deliveryAttempt));
    const stopped = stopping.stop();
    await clock.advance(1500);
    await stopped;
    expect(attempts).toEqual([1, 1]);
  });

  it('hands back the messages of an answer that crossed its cancellation', async () => {
    const { clock, broker, send, consume } = setUp(CrossingBroker);
    await send(2);
    let open: () => void = () => undefined;
    broker.gates.set(MQ_ROUTES.receive, new Promise((resolve) => (open = resolve)));
    const stopping = consume(() => undefined);
    await clock.advance(1);
    const stopped = stopping.stop();
    // The broker leases only now, to a receive that is cancelled already.
    open();
    broker.gates.delete(MQ_ROUTES.receive);
    await clock.advance(100);
    await stopped;
    const attempts: number[] = [];
    consume((message) => attempts.push(message.deliveryAttempt));
    await clock.advance(100);
    expect(attempts).toEqual([1, 1]);
  });
});

describe('a consumer', () => {
  it('goes on after a handler that answers with a thenable that throws', async () => {
    const { clock, send, consume } = setUp();
    await send(2);
    const thrower = () => {
      throw new Error('bent');
    };
    const bent = Object.defineProperty({}, 'then', { get: thrower });
    const consumer = consume(() => bent, { retryMsMin: 1_000_000, retryMsMax: 1_000_000 });
    await clock.advance(10);
    expect(consumer.counts()).toMatchObject({ failedCount: 2, nackedCount: 2, runningCount: 0 });
  });
});
