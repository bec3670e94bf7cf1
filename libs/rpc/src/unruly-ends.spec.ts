import { type MemoryPlatform, memoryPlatform, runUntilSettled } from '#platform/testing';
import { encodeHelloFrame, FrameReader, FrameType, readError, requestBits, writeRequestHead } from '#protocol';
import {
  AnswerStream,
  createRpcChannel,
  createRpcServer,
  type RpcChannel,
  type RpcServer,
  type RpcServerSettings,
} from './index.js';

/** Both ends of calls behave badly here: handlers that throw where nobody expects it, callers that leave or give no credit. */
let world: MemoryPlatform;

beforeEach(() => {
  world = memoryPlatform('unruly');
});

async function started(settings: RpcServerSettings, prepare: (server: RpcServer) => void): Promise<RpcServer> {
  const server = createRpcServer(settings, world);
  server.onCall('echo', (call) => call.payload);
  server.onCall('hold', () => new Promise(() => {}));
  prepare(server);
  await server.listen();
  return server;
}

function channelTo(server: RpcServer): RpcChannel {
  return createRpcChannel({ address: server.address }, world);
}

function during<T>(promise: Promise<T>): Promise<T> {
  return runUntilSettled(world.clock, promise);
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return during(promise.catch((error: unknown) => error));
}

it('a stream that throws while it is stopped harms nobody: cancelled, out of time, or cut off', async () => {
  const ways: string[] = [];
  const server = await started({}, (on) =>
    on.onCall(
      'bad teardown',
      (call) =>
        new AnswerStream((sink) => {
          sink.value(1, false);
          return () => {
            ways.push(String(call.payload));
            throw new Error('teardown');
          };
        }),
    ),
  );
  const channel = channelTo(server);
  const noticing = { value() {}, complete() {}, error() {} };
  const cancel = channel.open('bad teardown', 'cancelled', noticing);
  channel.open('bad teardown', 'out of time', noticing, { timeoutMs: 200 });
  await world.clock.advance(50);
  cancel();
  await world.clock.advance(500);
  const leaver = channelTo(server);
  leaver.open('bad teardown', 'cut off', noticing);
  await world.clock.advance(50);
  await during(leaver.close());
  await world.clock.advance(50);
  expect(ways).toEqual(['cancelled', 'out of time', 'cut off']);
  expect(await during(channel.call('echo', 'still here'))).toBe('still here');
});

it('a handler may throw anything: the caller hears of it', async () => {
  const odd = Object.assign(new Error('x'), { message: { of: 'no text' }, name: 7 });
  const server = await started({}, (on) => {
    on.onCall('nothing', () => {
      throw Object.create(null);
    });
    on.onCall('nothing later', () => Promise.reject(Object.create(null)));
    on.onCall('odd', () => Promise.reject(odd));
  });
  const channel = channelTo(server);
  const message = 'something was thrown that has no text';
  expect(await failureOf(channel.call('nothing', 1))).toMatchObject({ code: 'UNKNOWN', message });
  expect(await failureOf(channel.call('nothing later', 1))).toMatchObject({ code: 'UNKNOWN', message });
  expect(await failureOf(channel.call('odd', 1))).toMatchObject({ code: 'UNKNOWN', message: '[object Object]' });
});

it('an event outlives the client that sent it, and close waits for it', async () => {
  const log: string[] = [];
  const server = await started({}, (on) =>
    on.onEvent('placed', async (call) => {
      await world.clock.sleep(300);
      log.push(call.signal.aborted ? 'aborted' : 'done');
    }),
  );
  const channel = channelTo(server);
  void channel.oneway('placed', 1);
  await world.clock.advance(50);
  await during(channel.close());
  await world.clock.advance(50);
  await during(server.close().then(() => log.push('closed')));
  expect(log).toEqual(['done', 'closed']);
});

it('an event that outlives its client too long is ended by close', async () => {
  const server = await started({ drainTimeoutMs: 1_000 }, (on) => on.onEvent('placed', () => new Promise(() => {})));
  const channel = channelTo(server);
  void channel.oneway('placed', 1);
  await world.clock.advance(50);
  await during(channel.close());
  const startMs = world.clock.monotonicMs();
  await during(server.close());
  expect(world.clock.monotonicMs() - startMs).toBeLessThan(1_200);
});

it('a channel that closes does not try its idempotent calls again: nothing stays open', async () => {
  const server = await started({}, () => {});
  const channel = channelTo(server);
  const failure = channel.call('hold', 1, { isIdempotent: true, timeoutMs: 60_000 }).catch((error: unknown) => error);
  await world.clock.advance(50);
  await during(channel.close());
  // The handler ran: nothing may claim that it did not.
  expect(await failure).toMatchObject({ code: 'UNAVAILABLE', executed: undefined });
  await world.clock.advance(1_000);
  expect(channel.status).toBe('closed');
});

it('a time limit that is no number is refused, not waited for', async () => {
  const server = await started({}, () => {});
  const failure = await failureOf(channelTo(server).call('hold', 1, { timeoutMs: Number.NaN }));
  expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', executed: false });
});

it('payloads in flight are bounded for each connection, and one alone is always taken', async () => {
  const server = await started({ limits: { inFlightBytesMax: 10_000 } }, () => {});
  const channel = channelTo(server);
  const big = Buffer.alloc(20_000);
  const first = channel.call('hold', big, { timeoutMs: 1_000 }).catch(() => {});
  await world.clock.advance(50);
  expect(await failureOf(channel.call('hold', Buffer.alloc(1)))).toMatchObject({
    code: 'RESOURCE_EXHAUSTED',
    executed: false,
    retryable: true,
  });
  expect(await during(channelTo(server).call('echo', 'another connection'))).toBe('another connection');
  await during(first);
  await world.clock.advance(50);
  expect(await during(channel.call('echo', big))).toHaveLength(20_000);
});

it('a finished stream whose reader gives no credit ends at its deadline and frees its call', async () => {
  const server = await started({}, (on) =>
    on.onCall(
      'ten',
      () =>
        new AnswerStream((sink) => {
          for (let value = 0; value < 10; value++) sink.value(value, false);
          sink.complete();
          return () => {};
        }),
    ),
  );
  const { texts } = await frugalCall(server, 'ten', 500);
  await world.clock.advance(2_000);
  expect(texts).toEqual(['hello', 'value', 'value', 'error ten: the handler did not answer in time']);
  // Nothing runs any more, so nothing is waited for.
  const startMs = world.clock.monotonicMs();
  await during(server.close());
  expect(world.clock.monotonicMs() - startMs).toBeLessThan(1_000);
});

/** Calls with a window of two values that is never renewed. */
async function frugalCall(server: RpcServer, route: string, deadlineMs: number): Promise<{ texts: string[] }> {
  const texts: string[] = [];
  const reader = new FrameReader(1 << 20);
  const names = new Map<number, string>([
    [FrameType.hello, 'hello'],
    [FrameType.streamData, 'value'],
    [FrameType.streamEnd, 'end'],
  ]);
  const socket = await during(world.sockets.connect(server.address, { timeoutMs: 1_000 }));
  const data = (chunk: Buffer) => {
    reader.push(chunk);
    while (reader.next()) {
      const { type, buffer, start, end } = reader;
      texts.push(type === FrameType.error ? `error ${readError(buffer, start, end).message}` : `${names.get(type)}`);
    }
  };
  socket.start({ data, drain() {}, closed() {} });
  const limits = { frameBytesMax: 1 << 20, inFlightCountMax: 9, windowCount: 2, windowBytes: 4_000 };
  const fields = { name: 'frugal', codecs: [], features: [], token: undefined, ...limits };
  socket.write([encodeHelloFrame({ versionMin: 1, versionMax: 1, fields })]);
  const routeText = Buffer.from(route);
  const head = { id: 1, deadlineMs, routeNumber: 0, routeText, trace: undefined, metadata: undefined };
  const bytes = Buffer.alloc(200);
  socket.write([bytes.subarray(0, writeRequestHead(bytes, 0, head, requestBits(false, 0), 0))]);
  return { texts };
}
