import { z } from 'zod';
import type { CallOptions, RpcChannel } from '../rpc-channel.js';
import { RpcError } from '../rpc-error.js';
import { checkInput, checkOutput } from './check-value.js';
import { defineContract } from './contract.js';
import { type ContractClientPolicies, createContractClient } from './contract-client.js';
import { type Duration, durationMs } from './duration.js';
import { method, stream } from './method.js';
import { standardSchemaOf } from './standard-schema-of.js';

const Stock = defineContract(
  'stock',
  {
    reserve: method({
      input: z.object({ sku: z.string(), count: z.number().int().positive() }),
      policy: { timeout: '800ms', metadata: { from: 'contract', a: '1' } },
    }),
    ping: method<string, string>(),
  },
  { version: '1.2.0' },
);

interface Sent {
  readonly route: string;
  readonly payload: unknown;
  readonly options: CallOptions | undefined;
}

function fakeChannel(answer: () => Promise<unknown> = async () => 'ok'): RpcChannel & { sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    status: 'connected',
    onStatus: () => () => {},
    connect: async () => {},
    call: (route, payload, options) => {
      sent.push({ route, payload, options });
      return answer();
    },
    open: () => () => {},
    oneway: async (route, payload, options) => {
      sent.push({ route, payload, options });
    },
    close: async () => {},
  };
}

const client = (channel: RpcChannel, policies?: ContractClientPolicies) =>
  createContractClient(Stock, channel, policies);

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

describe('durations', () => {
  it.each<[Duration, number]>([
    [5, 5],
    ['250ms', 250],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('%s is %d ms', (given, expected) => expect(durationMs(given, 'x')).toBe(expected));

  it.each<Duration>(['-1s', '1e3s', -1, Number.NaN])('%s is refused', (given) =>
    expect(() => durationMs(given, 'client.timeout')).toThrow(/client\.timeout: .* is not a duration/),
  );
});

describe('a contract', () => {
  it('routes each method as service/name and is frozen', () => {
    expect(Stock.methods.reserve.route).toBe('stock/reserve');
    expect(Object.isFrozen(Stock.methods)).toBe(true);
    expect(Stock.version).toBe('1.2.0');
  });

  it('names every problem at once', () => {
    const bad = () => defineContract('a/b', { toJSON: method(), 'x y': method(), watch: stream() });
    expect(bad).toThrow(
      /contract: 'a\/b' must match.*a\/b\.toJSON: .*reserved.*a\/b\.x y: the name.*a\/b\.watch: streams/,
    );
  });
});

describe('a contract client', () => {
  it('sends the payload to the method route under the merged policy', async () => {
    const channel = fakeChannel();
    const stock = client(channel, {
      defaults: { timeout: 1, codec: 'msgpack' },
      policy: { metadata: { a: '2', b: '3' } },
    });
    await expect(stock.reserve({ sku: 'a', count: 1 })).resolves.toBe('ok');
    await stock.reserve({ sku: 'a', count: 1 }, { timeout: '1s', metadata: { b: '4' } });
    const metadata = { from: 'contract', a: '2', b: '3' };
    expect(channel.sent.map((each) => each.options)).toEqual([
      { timeoutMs: 800, codec: 'msgpack', metadata },
      { timeoutMs: 1000, codec: 'msgpack', metadata: { ...metadata, b: '4' } },
    ]);
    expect(channel.sent[0]).toMatchObject({ route: 'stock/reserve', payload: { sku: 'a', count: 1 } });
  });

  it('refuses a wrong payload before anything is sent, with the issues', async () => {
    const channel = fakeChannel();
    const error = await failure(client(channel).reserve({ sku: 'a', count: -1 }));
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      executed: false,
      details: { issues: [{ path: 'count' }] },
    });
    expect(await failure(client(channel).reserve.oneway({ sku: 'a', count: 0.5 }))).toBeInstanceOf(RpcError);
    expect(channel.sent).toEqual([]);
  });

  it('gives every failure as an RpcError, bare values in its details', async () => {
    const value = { status: 'error', message: 'Forbidden resource' };
    const bare = await failure(client(fakeChannel(() => Promise.reject(value))).ping('x'));
    expect(bare).toMatchObject({ code: 'UNKNOWN', message: 'Forbidden resource', details: value });
    const own = new RpcError('NOT_FOUND', 'none');
    expect(await failure(client(fakeChannel(() => Promise.reject(own))).ping('x'))).toBe(own);
  });
});

describe('schemas', () => {
  class Point {
    x = 0;
    double(): number {
      return this.x * 2;
    }
  }

  it('make an instance when the schema is a class', async () => {
    const made = await checkInput(standardSchemaOf(Point), { x: 4 }, 'p');
    expect(made).toBeInstanceOf(Point);
    expect(await failure(Promise.resolve(checkInput(standardSchemaOf(Point), 5, 'p')))).toMatchObject({
      details: { issues: [{ path: '', message: 'expected a Point' }] },
    });
  });

  it('answer at once when they can, and blame the server for a wrong output', () => {
    expect(checkInput(z.coerce.number(), '5', 'n')).toBe(5);
    expect(() => checkOutput(z.string(), 5, 'orders/get: output')).toThrow(/^orders\/get: output is not valid: /);
    expect(() => checkOutput(z.string(), 5, 'x')).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});
