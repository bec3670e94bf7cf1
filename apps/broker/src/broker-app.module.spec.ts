import 'reflect-metadata';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Broker, brokerOperations, resolveBrokerOptions } from '#broker';
import { MQ_ROUTES } from '#mq-protocol';
import { BROKER } from '#nest-broker';
import { RookeryServer } from '#nest-rpc';
import { type MemoryPlatform, memoryPlatform } from '#platform/testing';
import { REGISTRY_ROUTES, type ServiceList } from '#registry';
import { createRpcChannel, type RpcChannel } from '#rpc';
import { BrokerAppModule } from './broker-app.module.js';

const STORE = { segmentBytes: 1024 * 1024, entryBytesMax: 512 * 1024 };

/** The whole application over a simulated network and disk. */
async function start(platform: MemoryPlatform) {
  const server = new RookeryServer({ port: 4000 }, platform);
  const options = resolveBrokerOptions({ dataDir: '/data', store: STORE });
  const app: INestMicroservice = await NestFactory.createMicroservice(BrokerAppModule.forRoot(options, platform), {
    strategy: server,
    logger: false,
    abortOnError: false,
  });
  await app.listen();
  const channel = createRpcChannel({ address: server.address() }, platform);
  return { app, server, channel };
}

/** Runs `work` while virtual time passes. */
async function drive<Result>({ clock }: MemoryPlatform, work: Promise<Result>): Promise<Result> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  done.catch(() => {}); // Thrown below.
  await clock.runUntil(() => isDone, 60_000);
  return done;
}

describe('the broker application', () => {
  let platform: MemoryPlatform;
  let app: INestMicroservice;
  let server: RookeryServer;
  let channel: RpcChannel;
  beforeEach(async () => {
    platform = memoryPlatform(41);
    ({ app, server, channel } = await drive(platform, start(platform)));
  });
  afterEach(async () => {
    app.get<Broker>(BROKER).drain();
    await drive(platform, channel.close());
    await drive(platform, app.close());
  });

  const call = (route: string, payload: unknown) => drive(platform, channel.call(route, payload, { codec: 'msgpack' }));

  it('has one handler for each route of the broker', () => {
    expect([...server.getHandlers().keys()].sort()).toEqual(Object.keys(brokerOperations).sort());
  });

  it('answers through Nest what the operation answers', async () => {
    const made = await call(MQ_ROUTES.createTopic, { topic: 'orders', queueCount: 2 });
    expect(made).toMatchObject({ topic: 'orders', queueCount: 2 });
    expect(await call(MQ_ROUTES.listTopics, {})).toEqual({ topics: ['orders'] });
    expect(await call(MQ_ROUTES.describeTopic, { topic: 'none' })).toMatchObject({
      kind: 'refused',
      code: 'unknown-topic',
    });
  });

  it("lets an operation's own error through Nest's filters with its code", async () => {
    const bad = call(MQ_ROUTES.createTopic, { topic: 5 });
    await expect(bad).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('topic') });
  });

  it('streams the name server through Nest', async () => {
    const lists: ServiceList[] = [];
    const cancel = channel.open(
      REGISTRY_ROUTES.watch,
      { service: 'orders' },
      // The name server's own answers.
      { value: (value) => lists.push(value as ServiceList), complete() {}, error() {} },
      { codec: 'json', timeoutMs: Number.POSITIVE_INFINITY },
    );
    const instance = {
      service: 'orders',
      instanceId: 'a',
      address: { host: 'a', port: 1 },
      version: '',
      weight: 1,
      metadata: {},
    };
    await call(REGISTRY_ROUTES.register, { instance, leaseMs: 10_000 });
    await platform.clock.advance(100);
    expect(lists.map((each) => each.instances.map(({ instanceId }) => instanceId))).toEqual([[], ['a']]);
    cancel();
  });
});
