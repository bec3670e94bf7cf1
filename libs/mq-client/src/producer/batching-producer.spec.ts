import { MQ_ROUTES } from '#mq-protocol';
import { SeededRandom, VirtualClock } from '#platform/testing';
import { createProducer } from '../create-producer.js';
import { FakeBroker } from '../testing/fake-broker.js';
import { specMessage } from '../testing/spec-message.js';

const KEY = 'customer-4711';

/** A producer that took the topic for one of 4 queues, with the first set of the key on the way, and a topic that has 2. */
async function setUp() {
  const clock = new VirtualClock();
  const broker = new FakeBroker(clock);
  const producer = createProducer({ newTopicQueueCount: 4 }, broker, { clock, random: new SeededRandom('reroute') });
  const ended: string[] = [];
  const send = (text: string) =>
    void producer.send(specMessage(text, { orderingKey: KEY })).then(
      (receipt) => ended.push(`${text} at ${receipt.offset}`),
      (error) => ended.push(`${text} ${error.code}`),
    );
  let answer = () => {};
  broker.gates.set(MQ_ROUTES.send, new Promise((resolve) => (answer = resolve)));
  send('first');
  await clock.advance(1);
  broker.createTopic('orders', 2);
  const open = () => {
    answer();
    broker.gates.delete(MQ_ROUTES.send);
  };
  return { clock, broker, producer, send, ended, open };
}

describe('messages of a key whose queue does not exist', () => {
  it('go to the queue of the new route in the order they were sent, those that waited included', async () => {
    const { clock, producer, send, ended, open } = await setUp();
    send('second');
    await clock.advance(1);
    open();
    await clock.advance(1);
    send('third');
    await clock.advance(1000);
    expect(ended).toEqual(['first at 0', 'second at 1', 'third at 2']);
    expect(producer.counts().pendingCount).toBe(0);
  });

  it('are not left waiting when the new route cannot be had', async () => {
    const { clock, broker, producer, send, ended, open } = await setUp();
    send('second');
    await clock.advance(1);
    broker.fault = (route) => {
      if (route !== MQ_ROUTES.describeTopic) return undefined;
      return { when: 'after', error: new Error('the broker fails at it') };
    };
    broker.gates.set(MQ_ROUTES.describeTopic, clock.sleep(50));
    open();
    await clock.advance(1000);
    expect(ended).toEqual(['first broker-error', 'second broker-error']);
    await producer.close();
  });
});
