import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Test } from '@nestjs/testing';
import type { Broker } from '#broker';
import { MQ_ROUTES } from '#mq-protocol';
import { nodePlatform, type SocketAddress, silentLogger } from '#platform';
import { createRpcChannel } from '#rpc';
import { BrokerLifecycle } from './broker.lifecycle.js';
import { BrokerModule } from './broker.module.js';
import type { BrokerModuleOptions } from './broker.module-definition.js';
import { BROKER } from './broker.tokens.js';

/** The real world: this is about Nest's lifecycle and real sockets. */
const platform = nodePlatform({ logger: silentLogger });
const store = { segmentBytes: 1024 * 1024, entryBytesMax: 512 * 1024, minFreeBytes: 0 };

describe('BrokerModule', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(`${tmpdir()}/rookery-nest-broker-`);
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const options = (given: Partial<BrokerModuleOptions> = {}) => ({ dataDir, store, platform, ...given });
  const start = async (module: ReturnType<typeof BrokerModule.forRoot>) => {
    const built = await Test.createTestingModule({ imports: [module] }).compile();
    return built.init();
  };

  async function topicsAt(address: SocketAddress | undefined): Promise<unknown> {
    if (address === undefined) throw new Error('the broker does not listen');
    const channel = createRpcChannel({ address }, platform);
    try {
      return await channel.call(MQ_ROUTES.listTopics, {}, { codec: 'msgpack' });
    } finally {
      await channel.close();
    }
  }

  it('serves clients while the application runs, and frees directory and port when it closes', async () => {
    for (let round = 0; round < 2; round++) {
      const app = await start(BrokerModule.forRoot(options({ port: 0 })));
      expect(await topicsAt(app.get(BrokerLifecycle).address)).toEqual({ topics: [] });
      await app.close();
    }
  });

  it('takes its options from a factory and stays in process without a port', async () => {
    const app = await start(BrokerModule.forRootAsync({ useFactory: async () => options() }));
    expect(app.get(BrokerLifecycle).address).toBeUndefined();
    expect(app.get<Broker>(BROKER).messages.listTopics()).toEqual({ topics: [] });
    await app.close();
  });

  it('fails to start on a directory in use, on wrong options, and on an open door', async () => {
    const app = await start(BrokerModule.forRoot(options()));
    await expect(start(BrokerModule.forRoot(options()))).rejects.toMatchObject({ code: 'in-use' });
    await app.close();
    const wrong = options({ mq: { defaultQueueCount: 0 } });
    await expect(start(BrokerModule.forRoot(wrong))).rejects.toMatchObject({ code: 'bad-options' });
    const open = options({ port: 0, host: '0.0.0.0' });
    await expect(start(BrokerModule.forRoot(open))).rejects.toThrow(/no auth.token/);
  });
});
