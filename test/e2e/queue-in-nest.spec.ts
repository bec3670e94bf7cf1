import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  type INestApplicationContext,
  Module,
  type NestInterceptor,
  type PipeTransform,
  type Type,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { firstValueFrom, from, map, type Observable } from 'rxjs';
import { z } from 'zod';
import { bindBroker, createBroker, resolveBrokerOptions } from '#broker';
import {
  connectRookery,
  defineTopic,
  MqConsumer,
  MqContext,
  MqError,
  MqModule,
  MqProducer,
  OnMessage,
  RetryLater,
  ROOKERY_MQ,
  RookeryMqClient,
  RookeryMqServer,
  RookeryRecordBuilder,
  Skip,
} from '#nest-mq';
import { ROOKERY_RPC, RookeryServer } from '#nest-rpc';
import { NodeClock, nodePlatform, silentLogger } from '#platform';
import { createRpcServer } from '#rpc';

const OrderPlaced = defineTopic('orders', {
  tag: 'placed',
  schema: z.object({ orderId: z.string(), amount: z.number() }),
  key: (order) => order.orderId,
  orderBy: (order) => order.orderId,
});
type OrderPlaced = { orderId: string; amount: number };
const OrderPacked = defineTopic<OrderPlaced>('orders', { tag: 'packed', encoding: 'msgpack' });

const retry = { minDelay: '20ms', maxDelay: '40ms' } as const;
const clock = new NodeClock();
const closers: (() => Promise<unknown>)[] = [];
let brokers = '';

beforeEach(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'rookery-queue-in-nest-'));
  const platform = nodePlatform({ logger: silentLogger });
  const store = { segmentBytes: 4 * 1024 * 1024, entryBytesMax: 2 * 1024 * 1024 };
  const broker = await createBroker(resolveBrokerOptions({ dataDir, store }), platform);
  const server = createRpcServer({ port: 0 }, platform);
  bindBroker(broker, server);
  await server.listen();
  const { address } = server;
  brokers = 'port' in address ? `rookery://127.0.0.1:${address.port}` : '';
  closers.push(async () => {
    broker.drain();
    await server.close();
    await broker.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function until(condition: () => boolean): Promise<void> {
  const endMs = clock.monotonicMs() + 10_000;
  while (!condition()) {
    if (clock.monotonicMs() > endMs) throw new Error(`still not true: ${condition}`);
    await clock.sleep(5);
  }
}

function moduleOf(controllers: Type[], imports: NonNullable<Parameters<typeof Module>[0]['imports']> = []): Type {
  @Module({ controllers, imports })
  class SpecModule {}
  return SpecModule;
}

/** A microservice that consumes with these controllers. */
async function consume(...controllers: Type[]) {
  const strategy = new RookeryMqServer({ brokers });
  const app = await NestFactory.createMicroservice(moduleOf(controllers), { strategy, logger: false });
  closers.push(() => app.close());
  await app.listen();
  return strategy;
}

async function producer(): Promise<{ mq: MqProducer; app: INestApplicationContext }> {
  const app = await NestFactory.createApplicationContext(moduleOf([], [MqModule.forRoot({ brokers })]), {
    logger: false,
  });
  closers.push(() => app.close());
  return { mq: app.get(MqProducer), app };
}

function client(): RookeryMqClient {
  const made = new RookeryMqClient({ brokers });
  closers.push(() => made.close());
  return made;
}

const order = (orderId: string): OrderPlaced => ({ orderId, amount: 7 });

describe('the queue in a Nest application', () => {
  it('carries a message from MqProducer to @OnMessage, with everything the context tells', async () => {
    const seen: { order: OrderPlaced; context: MqContext }[] = [];
    @MqConsumer({ group: 'billing', concurrency: 4 })
    class Billing {
      @OnMessage(OrderPlaced)
      placed(@Payload() placed: OrderPlaced, @Ctx() context: MqContext) {
        seen.push({ order: placed, context });
      }
    }
    const strategy = await consume(Billing);
    const { mq } = await producer();
    const receipt = await mq.send(OrderPlaced, order('o1'), { headers: { tenant: 'a' } });
    expect(receipt).toMatchObject({ kind: 'placed', topic: 'orders', durability: { flush: 'fsync', copies: 1 } });
    await until(() => seen.length === 1);
    const context = seen[0]?.context;
    expect(seen[0]?.order).toEqual(order('o1'));
    expect(context).toBeInstanceOf(MqContext);
    expect(context?.messageId).toBe(receipt.messageId);
    expect([context?.topic, context?.tag, context?.queueId, context?.offset]).toEqual([
      'orders',
      'placed',
      receipt.queueId,
      receipt.offset,
    ]);
    expect([context?.keys, context?.orderingKey, context?.headers, context?.deliveryAttempt]).toEqual([
      ['o1'],
      'o1',
      { tenant: 'a' },
      1,
    ]);
    await until(() => strategy.counts().get('billing')?.ackedCount === 1);
  });

  it('shares the messages of a group between two processes, and gives every group all of them', async () => {
    const seen: Record<string, string[]> = { first: [], second: [], audit: [] };
    const member = (name: string, group: string): Type => {
      @MqConsumer({ group, concurrency: 2, prefetch: 4 })
      class Member {
        @OnMessage(OrderPlaced)
        async placed(@Payload() placed: OrderPlaced) {
          seen[name]?.push(placed.orderId);
          await clock.sleep(1);
        }
      }
      return Member;
    };
    await consume(member('first', 'points'));
    await consume(member('second', 'points'));
    await consume(member('audit', 'audit'));
    const { mq } = await producer();
    const ids = Array.from({ length: 200 }, (_, index) => `o${index}`);
    await Promise.all(ids.map((id) => mq.send(OrderPlaced, order(id))));
    await until(() => (seen['first']?.length ?? 0) + (seen['second']?.length ?? 0) === 200);
    await until(() => seen['audit']?.length === 200);
    expect(new Set([...(seen['first'] ?? []), ...(seen['second'] ?? [])]).size).toBe(200);
    expect(seen['first']?.length).toBeGreaterThan(10);
    expect(seen['second']?.length).toBeGreaterThan(10);
  });

  it('runs plain @EventPattern handlers, and emit resolves to the receipt', async () => {
    const seen: unknown[] = [];
    @Controller()
    class Audit {
      @EventPattern<string>('orders:placed', ROOKERY_MQ, { group: 'audit' })
      placed(@Payload() placed: unknown, @Ctx() context: MqContext) {
        seen.push([placed, context.keys, context.headers, context.getPattern()]);
      }
    }
    await consume(Audit);
    const record = new RookeryRecordBuilder(order('o1')).setKeys(['o1']).setHeaders({ tenant: 'a' }).build();
    const receipt = await firstValueFrom(client().emit('orders:placed', record));
    expect(receipt).toMatchObject({ kind: 'placed', topic: 'orders', offset: 0 });
    await until(() => seen.length === 1);
    expect(seen[0]).toEqual([order('o1'), ['o1'], { tenant: 'a' }, 'orders:placed']);
  });

  it('applies guards, pipes and interceptors, and awaits Observables before it acknowledges', async () => {
    const steps: string[] = [];
    class Guard implements CanActivate {
      canActivate(context: ExecutionContext) {
        steps.push(`guard ${context.getType()}`);
        return true;
      }
    }
    class Around implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
        steps.push('interceptor');
        return next.handle().pipe(map((value) => value));
      }
    }
    class Upper implements PipeTransform {
      transform(value: OrderPlaced) {
        return { ...value, orderId: value.orderId.toUpperCase() };
      }
    }
    @MqConsumer({ group: 'g' })
    @UseGuards(Guard)
    @UseInterceptors(Around)
    class Handler {
      @OnMessage(OrderPlaced)
      placed(@Payload(Upper) placed: OrderPlaced) {
        return from(
          clock.sleep(20).then(() => {
            steps.push(`handler ${placed.orderId}`);
          }),
        );
      }
    }
    const strategy = await consume(Handler);
    await (await producer()).mq.send(OrderPlaced, order('o1'));
    await until(() => strategy.counts().get('g')?.ackedCount === 1);
    expect(steps).toEqual(['guard rpc', 'interceptor', 'handler O1']);
  });

  it('delivers again with deliveryAttempt 2 after a handler or a guard failed, and obeys RetryLater and Skip', async () => {
    const attempts: string[] = [];
    class SecondTime implements CanActivate {
      canActivate(context: ExecutionContext) {
        return context.switchToRpc().getContext<MqContext>().deliveryAttempt > 1;
      }
    }
    @MqConsumer({ group: 'billing', retry })
    class Billing {
      @OnMessage(OrderPlaced)
      placed(@Payload() placed: OrderPlaced, @Ctx() context: MqContext) {
        attempts.push(`${placed.orderId}/${context.deliveryAttempt}`);
        if (placed.orderId === 'skip') throw new Skip();
        if (context.deliveryAttempt > 1) return;
        throw placed.orderId === 'later' ? new RetryLater('100ms') : new Error('out of paper');
      }
    }
    @Controller()
    class Guarded {
      @UseGuards(SecondTime)
      @EventPattern<string>('orders:placed', ROOKERY_MQ, { group: 'guarded', retry })
      placed(@Payload() placed: OrderPlaced) {
        attempts.push(`guarded ${placed.orderId}`);
        // Not from our decorators, and yet obeyed: it passes Nest's filter as it is.
        if (placed.orderId === 'skip') throw new Skip();
      }
    }
    const strategy = await consume(Billing, Guarded);
    const { mq } = await producer();
    for (const id of ['fails', 'later', 'skip']) await mq.send(OrderPlaced, order(id));
    await until(() => strategy.counts().get('billing')?.ackedCount === 3);
    await until(() => strategy.counts().get('guarded')?.ackedCount === 3);
    expect(attempts.filter((each) => !each.startsWith('guarded')).sort()).toEqual([
      'fails/1',
      'fails/2',
      'later/1',
      'later/2',
      'skip/1',
    ]);
    expect(attempts.filter((each) => each.startsWith('guarded'))).toHaveLength(3);
    expect(strategy.counts().get('billing')).toMatchObject({ failedCount: 1, nackedCount: 2 });
  });

  it('serves handlers of one group for several tags with one consumer, and acknowledges tags that nobody handles', async () => {
    const seen: string[] = [];
    @MqConsumer({ group: 'warehouse' })
    class Warehouse {
      @OnMessage(OrderPlaced) placed(@Payload() placed: OrderPlaced) {
        seen.push(`placed ${placed.orderId}`);
      }
      @OnMessage(OrderPacked) packed(@Payload() packed: OrderPlaced) {
        seen.push(`packed ${packed.orderId}`);
      }
    }
    const strategy = await consume(Warehouse);
    const { mq } = await producer();
    await mq.send(OrderPlaced, order('o1'));
    await mq.sendBatch(OrderPacked, [order('o1'), order('o2')]);
    await firstValueFrom(client().emit('orders:lost', {}));
    await until(() => strategy.counts().get('warehouse')?.ackedCount === 4);
    expect(seen.sort()).toEqual(['packed o1', 'packed o2', 'placed o1']);
    expect(strategy.counts().size).toBe(1);
    expect(strategy.counts().get('warehouse')).toMatchObject({ filteredCount: 1 });
  });

  it('keeps RPC and queue apart in a hybrid application', async () => {
    const seen: string[] = [];
    @Controller()
    class Both {
      @MessagePattern<string>('sum', ROOKERY_RPC) sum(numbers: number[]) {
        return numbers.reduce((sum, each) => sum + each, 0);
      }
      @EventPattern<string>('orders:placed', ROOKERY_MQ, { group: 'both' }) placed() {
        seen.push('queue');
      }
    }
    const app = await NestFactory.create(moduleOf([Both], [MqModule.forRoot({ brokers })]), { logger: false });
    closers.push(() => app.close());
    const { server } = connectRookery(app, { rpc: { port: 0 }, mq: true });
    await app.startAllMicroservices();
    expect(server).toBeInstanceOf(RookeryServer);
    expect([...(server?.getHandlers().keys() ?? [])]).toEqual(['sum']);
    const strategy = app.getMicroservices().map((each) => each.unwrap<unknown>());
    expect(strategy.some((each) => each instanceof Map && [...each.keys()].join() === 'both')).toBe(true);
    await firstValueFrom(client().emit('orders:placed', {}));
    await until(() => seen.length === 1);
  });

  it('refuses what it cannot do, by name, instead of ignoring it', async () => {
    const { mq } = await producer();
    const delayed = { delay: '30m' } as object; // As untyped code would.
    await expect(mq.send(OrderPlaced, order('o1'), delayed)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(mq.send(OrderPlaced, { orderId: 'o1' } as OrderPlaced)).rejects.toMatchObject({ code: 'bad-message' });
    expect(() => new RookeryRecordBuilder({}).setDelay('30m')).toThrow(MqError);
    await expect(firstValueFrom(client().send('orders', {}))).rejects.toMatchObject({ code: 'unsupported' });
    @Controller()
    class NoGroup {
      @EventPattern<string>('orders', ROOKERY_MQ) placed() {}
    }
    @Controller()
    class Ordered {
      @EventPattern<string>('orders', ROOKERY_MQ, { group: 'g', ordered: true }) placed() {}
    }
    await expect(consume(NoGroup)).rejects.toThrow(/handler orders: has no consumer group/);
    await expect(consume(Ordered)).rejects.toThrow(/ordered not in this version/);
  });
});
