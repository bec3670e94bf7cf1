import { createConsumer, createProducer } from '#mq-client';
import { InMemoryBroker } from './in-memory-broker.js';

function producerOf(broker: InMemoryBroker) {
  return createProducer({}, broker.channel('producer'), broker.machine('producer'));
}

function consumerOf(broker: InMemoryBroker, seen: string[]) {
  const settings = { group: 'audit', subscriptions: [{ topic: 'orders' }] };
  const handle = (message: { readonly body: Buffer }) => void seen.push(message.body.toString());
  return createConsumer(settings, handle, broker.channel('consumer'), broker.machine('consumer'));
}

describe('InMemoryBroker', () => {
  it('delivers what was sent, and again nothing of it after a crash', async () => {
    const broker = await InMemoryBroker.start({ seed: 5 });
    const producer = producerOf(broker);
    const seen: string[] = [];
    const consumer = consumerOf(broker, seen);
    consumer.start();
    const sends = ['a', 'b', 'c'].map((body) =>
      producer.send({ topic: 'orders', body: Buffer.from(body), bodyEncoding: 'raw' }),
    );
    await broker.until(() => seen.length === 3);
    expect((await Promise.all(sends)).map((each) => each.kind)).toEqual(['placed', 'placed', 'placed']);
    await broker.until(() => consumer.counts().ackedCount === 3);
    await broker.crash();
    await broker.advance('2m');
    expect(seen.sort()).toEqual(['a', 'b', 'c']);
  });

  it('keeps what was acknowledged over a crash and delivers it afterwards', async () => {
    const broker = await InMemoryBroker.start({ seed: 6 });
    const sent = producerOf(broker).send({ topic: 'orders', body: Buffer.from('a'), bodyEncoding: 'raw' });
    let isPlaced = false;
    void sent.then(() => {
      isPlaced = true;
    });
    await broker.until(() => isPlaced);
    await broker.crash();
    const seen: string[] = [];
    consumerOf(broker, seen).start();
    await broker.until(() => seen.length === 1);
    expect(seen).toEqual(['a']);
  });
});
