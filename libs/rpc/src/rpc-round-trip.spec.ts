import { nodePlatform, silentLogger } from '#platform';
import { AnswerStream, createRpcChannel, createRpcServer, type RpcChannel, RpcError, type RpcServer } from './index.js';

const platform = nodePlatform({ logger: silentLogger });
let server: RpcServer;
let channel: RpcChannel;

beforeEach(async () => {
  server = createRpcServer({}, platform);
  server.onCall('echo', (call) => call.payload);
  server.onCall('later', async (call) => call.payload);
  server.onCall('nothing', () => undefined);
  server.onCall('boom', () => {
    throw new TypeError('went wrong');
  });
  server.onCall('never', () => new Promise(() => {}));
  server.onCall('count', (call) => countTo(Number(call.payload)));
  await server.listen();
  channel = createRpcChannel({ address: server.address }, platform);
});

afterEach(async () => {
  await channel.close();
  await server.close();
});

function countTo(end: number): AnswerStream {
  return new AnswerStream((sink) => {
    for (let value = 0; value < end; value++) sink.value(value, false);
    sink.complete();
    return () => {};
  });
}

function collect(route: string, payload: unknown): Promise<unknown[]> {
  const values: unknown[] = [];
  return new Promise((resolve, reject) => {
    channel.open(route, payload, {
      value: (value) => values.push(value),
      complete: () => resolve(values),
      error: reject,
    });
  });
}

it('a value comes back as it was sent', async () => {
  const value = { text: 'ü', list: [1, null, true], bytes: Buffer.from('ab') };
  expect(await channel.call('echo', value)).toEqual(value);
  expect(await channel.call('echo', value.text, { codec: 'json' })).toBe('ü');
  expect(await channel.call('later', 7)).toBe(7);
  expect(await channel.call('nothing', 7)).toBeUndefined();
});

it('bytes travel raw, small and large', async () => {
  const large = Buffer.alloc(3_000_000, 7);
  expect(await channel.call('echo', Buffer.from('abc'))).toEqual(Buffer.from('abc'));
  expect(large.equals((await channel.call('echo', large)) as Buffer)).toBe(true);
});

it('an error keeps its class name and message', async () => {
  const error = await channel.call('boom', 1).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RpcError);
  expect(error).toMatchObject({ code: 'UNKNOWN', remoteName: 'TypeError', message: 'went wrong', executed: true });
});

it('an unknown route is named and was not executed', async () => {
  const error = await channel.call('no.such', 1).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'UNIMPLEMENTED', executed: false });
});

it('a deadline ends a call that is not answered', async () => {
  await expect(channel.call('never', 1, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});

it('a stream far longer than its window arrives whole and in order', async () => {
  const values = await collect('count', 5_000);
  expect(values).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
});
