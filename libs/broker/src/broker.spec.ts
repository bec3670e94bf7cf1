import { createMessageIds, encodeMessageSet } from '#message-set';
import {
  decodeReceiveAnswer,
  decodeSendAnswer,
  encodeSendRequest,
  isRefusal,
  MQ_ROUTES,
  type ReceiveAnswer,
  settleBody,
} from '#mq-protocol';
import { FileSystemError, nodePlatform, type Platform, silentLogger } from '#platform';
import { memoryPlatform } from '#platform/testing';
import { createRpcChannel, createRpcServer, type RpcChannel } from '#rpc';
import { bindBroker } from './bind-broker.js';
import { type Broker, createBroker } from './broker.js';
import { resolveBrokerOptions } from './broker.options.js';

const MIB = 1024 * 1024;
const SMALL = { segmentBytes: MIB, entryBytesMax: MIB / 2, minFreeBytes: 0 };

/** A broker behind a plain RPC server, and a client's channel to it. */
interface Served {
  readonly broker: Broker;
  readonly channel: RpcChannel;
  stop(): Promise<void>;
}

async function serve(platform: Platform, dataDir: string): Promise<Served> {
  const broker = await createBroker(resolveBrokerOptions({ dataDir, store: SMALL }), platform);
  const server = createRpcServer({ port: 0 }, platform);
  bindBroker(broker, server);
  await server.listen();
  const channel = createRpcChannel({ address: server.address }, platform);
  const stop = async () => {
    broker.drain();
    await channel.close();
    await server.close();
    await broker.stop();
  };
  return { broker, channel, stop };
}

async function send(platform: Platform, channel: RpcChannel, topic: string, bodies: readonly string[]) {
  const nextId = createMessageIds(platform.random);
  const messages = bodies.map((body) => ({
    messageId: nextId(),
    type: 'normal' as const,
    bornAtMs: platform.clock.wallMs(),
    bodyEncoding: 'raw' as const,
    body: Buffer.from(body),
  }));
  const draft = {
    kind: 'messages' as const,
    topic,
    queueId: 0,
    producerId: 0,
    producerEpoch: 0,
    firstSequence: 0,
    messages,
  };
  const body = encodeSendRequest({ flushMode: 'fsync', sets: [encodeMessageSet(draft)] });
  const answer = await channel.call(MQ_ROUTES.send, body, { codec: 'raw' });
  return Buffer.isBuffer(answer) ? decodeSendAnswer(answer) : [];
}

async function receive(channel: RpcChannel, attemptId: string, messageCountMax: number): Promise<ReceiveAnswer> {
  const asked = { group: 'audit', topic: 'orders', queueId: -1, messageCountMax, bytesMax: MIB };
  const how = { waitMs: 0, visibilityMs: 30_000, attemptId, startFrom: 'earliest' };
  const answer = await channel.call(MQ_ROUTES.receive, { ...asked, ...how }, { codec: 'msgpack' });
  const decoded = decodeReceiveAnswer(Buffer.isBuffer(answer) ? answer : Buffer.alloc(0));
  if (isRefusal(decoded)) throw new Error(decoded.message);
  return decoded;
}

function ack(channel: RpcChannel, { runs }: ReceiveAnswer): Promise<unknown> {
  const body = settleBody({ group: 'audit', topic: 'orders', items: runs });
  return channel.call(MQ_ROUTES.ack, body, { codec: 'msgpack' });
}

const offsetsOf = ({ runs }: ReceiveAnswer) => runs.flatMap((run) => run.offsets);

/** One history, run on the simulated disk and on the real one. */
async function historyOverRestart(platform: Platform, dataDir: string, end: (served: Served) => Promise<void>) {
  const first = await serve(platform, dataDir);
  expect(await send(platform, first.channel, 'orders', ['a', 'b', 'c'])).toEqual([
    expect.objectContaining({ kind: 'placed', topic: 'orders', queueId: 0, baseOffset: 0 }),
  ]);
  const taken = await receive(first.channel, 'one', 2);
  expect(offsetsOf(taken)).toEqual([0, 1]);
  expect(await ack(first.channel, taken)).toEqual({ outcomes: ['settled'] });
  await end(first);
  const second = await serve(platform, dataDir);
  expect(await second.channel.call(MQ_ROUTES.listTopics, {}, { codec: 'msgpack' })).toEqual({ topics: ['orders'] });
  expect(offsetsOf(await receive(second.channel, 'two', 10))).toEqual([2]);
  await second.stop();
}

describe('a broker', () => {
  it('keeps topics, messages and progress over a clean stop', async () => {
    const platform = memoryPlatform(31);
    await drive(
      platform,
      historyOverRestart(platform, '/data', (served) => served.stop()),
    );
  });

  it('keeps topics, messages and progress over a power cut', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const platform = memoryPlatform(seed);
      const cut = async () => {
        platform.network.kill('host');
        platform.files.crash('by-seed');
      };
      await drive(platform, historyOverRestart(platform, '/data', cut));
    }
  });

  it('does the same on a real disk', async () => {
    const { mkdtempSync, rmSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const directory = mkdtempSync(`${tmpdir()}/rookery-broker-`);
    try {
      const platform = nodePlatform({ logger: silentLogger });
      await historyOverRestart(platform, `${directory}/data`, (served) => served.stop());
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('refuses a data directory that another broker has', async () => {
    const platform = memoryPlatform(32);
    const options = resolveBrokerOptions({ dataDir: '/data', store: SMALL });
    const broker = await createBroker(options, platform);
    await expect(createBroker(options, platform)).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining('/data'),
    });
    await broker.stop();
    await (await createBroker(options, platform)).stop();
  });

  it('leaves no timer behind when it is stopped', async () => {
    const platform = memoryPlatform(33);
    const broker = await createBroker(resolveBrokerOptions({ dataDir: '/data', store: SMALL }), platform);
    await drive(platform, broker.stop());
    expect(platform.clock.scheduledCount()).toBe(0);
  });

  it('says when the disk fails, and refuses what comes after', async () => {
    const platform = memoryPlatform(34);
    const run = async () => {
      const { broker, channel } = await serve(platform, '/data');
      await send(platform, channel, 'orders', ['a']);
      platform.files.faults.beforeOperation = ({ kind }) => {
        if (kind === 'write') throw new FileSystemError('io', 'a test broke the disk');
      };
      await expect(send(platform, channel, 'orders', ['b'])).rejects.toThrow();
      await expect(broker.failed).resolves.toMatchObject({ code: 'failed' });
      await expect(send(platform, channel, 'orders', ['c'])).rejects.toThrow();
    };
    await drive(platform, run());
  });

  it('answers a body that is no request with INVALID_ARGUMENT and serves on', async () => {
    const platform = memoryPlatform(35);
    const run = async () => {
      const { channel, stop } = await serve(platform, '/data');
      const bad: [string, unknown, 'raw' | 'msgpack'][] = [
        [MQ_ROUTES.send, Buffer.from('nonsense'), 'raw'],
        [MQ_ROUTES.send, { sets: 1 }, 'msgpack'],
        [MQ_ROUTES.receive, { group: 5 }, 'msgpack'],
        [MQ_ROUTES.ack, null, 'msgpack'],
        [MQ_ROUTES.createTopic, Buffer.from('raw'), 'raw'],
      ];
      for (const [route, payload, codec] of bad) {
        await expect(channel.call(route, payload, { codec })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
      expect(await send(platform, channel, 'orders', ['a'])).toHaveLength(1);
      await stop();
    };
    await drive(platform, run());
  });

  it('reports the problems of all parts at once', () => {
    const given = { dataDir: '', store: { segmentBytes: 5 }, mq: { defaultQueueCount: 0 }, registry: { sweepMs: -1 } };
    const paths = () => {
      try {
        resolveBrokerOptions(given);
        return [];
      } catch (error) {
        return error instanceof Error && 'problems' in error
          ? (error.problems as { path: string }[]).map((each) => each.path)
          : [];
      }
    };
    expect(paths()).toEqual(
      expect.arrayContaining(['dataDir', 'store.segmentBytes', 'mq.defaultQueueCount', 'registry.sweepMs']),
    );
  });
});

/** Moves virtual time on until `work` is done. */
async function drive(platform: ReturnType<typeof memoryPlatform>, work: Promise<void>): Promise<void> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  done.catch(() => {}); // Reported below.
  await platform.clock.runUntil(() => isDone, 60_000);
  await done;
}
