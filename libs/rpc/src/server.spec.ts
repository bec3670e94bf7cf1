import { OptionsError } from '#platform';
import { type MemoryPlatform, memoryPlatform, runUntilSettled } from '#platform/testing';
import {
  AnswerStream,
  createRpcChannel,
  createRpcServer,
  type InboundCall,
  type RpcChannel,
  type RpcChannelSettings,
  RpcError,
  type RpcServer,
  type RpcServerSettings,
} from './index.js';

let world: MemoryPlatform;

beforeEach(() => {
  world = memoryPlatform('server');
});

async function started(settings: RpcServerSettings, prepare: (server: RpcServer) => void): Promise<RpcServer> {
  const server = createRpcServer(settings, world);
  prepare(server);
  await server.listen();
  return server;
}

function channelTo(server: RpcServer, settings: RpcChannelSettings = {}): RpcChannel {
  return createRpcChannel({ address: server.address, ...settings }, world);
}

function during<T>(promise: Promise<T>): Promise<T> {
  return runUntilSettled(world.clock, promise);
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return during(promise.catch((error: unknown) => error));
}

it('a client without the right token is refused, with its code', async () => {
  const server = await started({ token: 'right' }, (on) => on.onCall('echo', (call) => call.payload));
  const cases: [string | undefined, unknown][] = [
    [undefined, expect.objectContaining({ code: 'UNAUTHENTICATED' })],
    ['wrong', expect.objectContaining({ code: 'UNAUTHENTICATED' })],
    ['rightright', expect.objectContaining({ code: 'UNAUTHENTICATED' })],
    ['right', 1],
  ];
  for (const [token, outcome] of cases) {
    expect(await failureOf(channelTo(server, { token }).call('echo', 1))).toEqual(outcome);
  }
});

it('an error value made by a filter arrives as that value', async () => {
  const value = { status: 'error', message: 'Forbidden' };
  const server = await started({}, (on) =>
    on.onCall('filtered', () => {
      throw new RpcError('UNKNOWN', 'filtered', { details: value, isValue: true });
    }),
  );
  const error = await failureOf(channelTo(server).call('filtered', 1));
  expect(error).toMatchObject({ isValue: true, details: value, executed: true });
});

it('a handler that passes on the failure of its own call was executed all the same', async () => {
  class OutOfStock extends Error {}
  const server = await started({}, (on) => {
    on.onCall('relay', () => {
      throw new RpcError('UNAVAILABLE', 'the next service is down', { executed: false });
    });
    on.onCall(
      'broken stream',
      () =>
        new AnswerStream(() => {
          throw new OutOfStock('none left');
        }),
    );
  });
  const channel = channelTo(server);
  expect(await failureOf(channel.call('relay', 1))).toMatchObject({ code: 'UNAVAILABLE', executed: true });
  expect(await failureOf(channel.call('broken stream', 1))).toMatchObject({
    remoteName: 'OutOfStock',
    message: 'none left',
  });
});

it('a call that is answered by a stream takes its first value and stops the source', async () => {
  let stopCount = 0;
  const server = await started({}, (on) =>
    on.onCall(
      'ticks',
      () =>
        new AnswerStream((sink) => {
          sink.value('first', false);
          return () => {
            stopCount++;
          };
        }),
    ),
  );
  expect(await during(channelTo(server).call('ticks', 1))).toBe('first');
  await world.clock.advance(1);
  expect(stopCount).toBe(1);
});

it('a rejected promise and a failing stream keep their facts', async () => {
  const thrown = new RpcError('NOT_FOUND', 'no such order', { retryable: true, retryAfterMs: 20, details: { id: 7 } });
  const server = await started({}, (on) => {
    on.onCall('async', () => Promise.reject(thrown));
    on.onCall(
      'stream',
      () =>
        new AnswerStream((sink) => {
          sink.value(1, false);
          sink.error(thrown);
          return () => {};
        }),
    );
  });
  const channel = channelTo(server);
  const facts = { code: 'NOT_FOUND', retryable: true, retryAfterMs: 20, details: { id: 7 }, executed: true };
  expect(await failureOf(channel.call('async', 1))).toMatchObject(facts);
  const values: unknown[] = [];
  const failure = new Promise((resolve) => {
    channel.open('stream', 1, {
      value: (value) => values.push(value),
      complete: () => resolve('completed'),
      error: resolve,
    });
  });
  expect(await during(failure)).toMatchObject(facts);
  expect(values).toEqual([1]);
});

it('metadata and trace context arrive with lower-case keys', async () => {
  const server = await started({}, (on) => on.onCall('meta', (call) => ({ ...call.metadata })));
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const metadata = { Tenant: 'a', traceparent };
  expect(await during(channelTo(server).call('meta', 1, { metadata }))).toEqual({ tenant: 'a', traceparent });
});

it('an event reaches every handler, each on its own', async () => {
  const seen: string[] = [];
  const server = await started({}, (on) => {
    on.onEvent('placed', () => {
      throw new Error('first fails');
    });
    on.onEvent('placed', async (call) => {
      seen.push(`${String(call.payload)} ${call.isOneway}`);
    });
  });
  await during(channelTo(server).oneway('placed', 'x'));
  await world.clock.advance(10);
  expect(seen).toEqual(['x true']);
  expect(JSON.stringify(world.logger.records)).toContain('first fails');
});

it('a cancelled stream is stopped at its source', async () => {
  let stopCount = 0;
  const server = await started({}, (on) =>
    on.onCall(
      'ticks',
      () =>
        new AnswerStream((sink) => {
          sink.value(1, false);
          return () => {
            stopCount++;
          };
        }),
    ),
  );
  const channel = channelTo(server);
  const values: unknown[] = [];
  const sink = { value: (value: unknown) => values.push(value), complete: () => {}, error: () => {} };
  const cancel = channel.open('ticks', 1, sink);
  await world.clock.advance(10);
  expect({ values, stopCount }).toEqual({ values: [1], stopCount: 0 });
  cancel();
  cancel();
  await world.clock.advance(10);
  expect(stopCount).toBe(1);
});

it('close answers what runs, and ends what outlives the drain time with CANCELLED', async () => {
  const calls: InboundCall[] = [];
  const server = await started({ drainTimeoutMs: 1_000 }, (on) => {
    on.onCall('short', async () => {
      await world.clock.sleep(300);
      return 'done';
    });
    on.onCall('endless', (call) => {
      calls.push(call);
      return new Promise(() => {});
    });
  });
  const channel = channelTo(server);
  const short = channel.call('short', 1);
  const endless = channel.call('endless', 1, { timeoutMs: 60_000 }).catch((error: unknown) => error);
  await world.clock.advance(10);
  const startMs = world.clock.monotonicMs();
  const closed = server.close();
  expect(await during(short)).toBe('done');
  expect(await during(endless)).toMatchObject({ code: 'CANCELLED' });
  await during(closed);
  expect(world.clock.monotonicMs() - startMs).toBeLessThan(1_100);
  expect(calls[0]?.signal.aborted).toBe(true);
});

it('calls beyond the limit of a connection are refused as not executed', async () => {
  const server = await started({ limits: { inFlightCountMax: 2 } }, (on) =>
    on.onCall('endless', () => new Promise(() => {})),
  );
  const channel = channelTo(server);
  const running = [1, 2].map(() => channel.call('endless', 1, { timeoutMs: 100 }).catch(() => {}));
  await world.clock.advance(1);
  const facts = { code: 'RESOURCE_EXHAUSTED', executed: false, retryable: true };
  expect(await failureOf(channel.call('endless', 1))).toMatchObject(facts);
  await during(Promise.all(running));
});

it('more routes than a connection numbers still work', async () => {
  const server = await started({}, (on) => {
    for (let index = 0; index < 1_100; index++) on.onCall(`route ${index}`, () => index);
  });
  const channel = channelTo(server);
  for (let round = 0; round < 2; round++) {
    const answers = await during(
      Promise.all(Array.from({ length: 1_100 }, (_, index) => channel.call(`route ${index}`, 1))),
    );
    expect(answers).toEqual(Array.from({ length: 1_100 }, (_, index) => index));
  }
});

it('a second handler of a route is refused', () => {
  const server = createRpcServer({}, world);
  server.onCall('a', () => 1);
  expect(() => server.onCall('a', () => 2)).toThrow(expect.objectContaining({ code: 'ALREADY_EXISTS' }));
  expect(() => server.address).toThrow(expect.objectContaining({ code: 'FAILED_PRECONDITION' }));
});

it('all wrong options are reported at once', () => {
  const problemsOf = (work: () => unknown): string[] => {
    try {
      work();
    } catch (error) {
      if (error instanceof OptionsError) return error.problems.map((each) => each.path);
    }
    return [];
  };
  expect(problemsOf(() => createRpcServer({ port: -1, token: '', drainTimeoutMs: -5 }, world))).toEqual([
    'port',
    'drainTimeoutMs',
    'token',
  ]);
  expect(problemsOf(() => createRpcServer({ limits: { frameBytesMax: 0 } }, world))).toEqual(['limits.frameBytesMax']);
  expect(problemsOf(() => createRpcChannel({ timeoutMs: 0 }, world))).toEqual(['address', 'timeoutMs']);
});
