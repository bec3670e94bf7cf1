import { ClientsModule } from '@nestjs/microservices';
import { z } from 'zod';
import { OnMessage } from './consume/on-message.decorator.js';
import type { MqProducer } from './produce/mq-producer.js';
import { RookeryMqClient } from './produce/rookery-mq-client.js';
import { defineTopic, type MessageOf } from './topic.js';

const Placed = defineTopic('orders', {
  tag: 'placed',
  schema: z.object({ orderId: z.string(), amount: z.number() }),
  key: (order) => order.orderId,
});
const Packed = defineTopic<{ parcel: string }>('orders', { tag: 'packed', orderBy: (packed) => packed.parcel });

/** Never run: every line is proved by the compiler. */
function provedByTheCompiler(mq: MqProducer): void {
  void mq.send(Placed, { orderId: 'o1', amount: 1 });
  // @ts-expect-error the amount is missing
  void mq.send(Placed, { orderId: 'o1' });
  // @ts-expect-error a message of another topic
  void mq.send(Placed, { parcel: 'p1' });
  // @ts-expect-error delays are not part of this version
  void mq.send(Placed, { orderId: 'o1', amount: 1 }, { delay: '30m' });
  // @ts-expect-error one message of the batch is of another topic
  void mq.sendBatch(Packed, [{ parcel: 'p1' }, { orderId: 'o1', amount: 1 }]);
  // @ts-expect-error no such property in the message
  defineTopic<{ parcel: string }>('orders', { key: (packed) => packed.orderId });

  class Handlers {
    @OnMessage(Placed) right(_order: MessageOf<typeof Placed>) {}
    // @ts-expect-error a handler of another message
    @OnMessage(Placed) wrong(_packed: { parcel: string }) {}
    // @ts-expect-error not a duration
    @OnMessage(Packed, { lease: '30 seconds' }) alsoWrong() {}
  }
  void Handlers;

  ClientsModule.register([
    { name: 'MQ', customClass: RookeryMqClient, options: { brokers: 'rookery://127.0.0.1:4000' } },
  ]);
}

describe('a topic definition', () => {
  it('has types that are proved by compiling this file', () => {
    expect(provedByTheCompiler).toBeInstanceOf(Function);
  });

  it('names keys and ordering key of a message', () => {
    expect(Placed.keysOf({ orderId: 'o1', amount: 1 })).toEqual(['o1']);
    expect(Placed.orderingKeyOf({ orderId: 'o1', amount: 1 })).toBeUndefined();
    expect(Packed.orderingKeyOf({ parcel: 'p1' })).toBe('p1');
  });

  it.each(['no spaces', '.hidden', 'orders:placed', ''])('refuses %j as a topic', (name) => {
    expect(() => defineTopic(name)).toThrow('bad-options');
  });
});
