import type { Socket } from '#platform';
import { type MemoryPlatform, memoryPlatform, runUntilSettled } from '#platform/testing';
import { encodeHelloFrame, FrameReader, FrameType, HEADER_BYTES, readError, writeHeader } from '#protocol';
import {
  AnswerStream,
  type CallOptions,
  createRpcChannel,
  createRpcServer,
  type InboundCall,
  type RpcChannel,
  type RpcServer,
} from './index.js';

let world: MemoryPlatform;
let server: RpcServer;
let bystander: RpcChannel;
let held: InboundCall[] = [];

beforeEach(async () => {
  world = memoryPlatform('faults', 'server');
  held = [];
  server = createRpcServer({ host: '0.0.0.0', port: 4100, streamBufferBytesMax: 100_000 }, world);
  server.onCall('echo', (call) => call.payload);
  server.onCall('hold', (call) => {
    held.push(call);
    return new Promise(() => {});
  });
  server.onCall('flood', (call) => flood(Number(call.payload)));
  server.onCall('unsayable', () => ({ fn: () => 1 }));
  await server.listen();
  bystander = channel('bystander');
  await during(bystander.connect());
});

/** The bystander's calls are answered whatever the others do. */
async function expectUnharmed(): Promise<void> {
  expect(await during(bystander.call('echo', 'still here'))).toBe('still here');
}

function channel(machine: string): RpcChannel {
  return createRpcChannel({ address: { host: 'server', port: 4100 } }, world.machine(machine));
}

/** Runs the virtual world until the promise settles. */
function during<T>(promise: Promise<T>, limitMs?: number): Promise<T> {
  return runUntilSettled(world.clock, promise, limitMs);
}

function failureOf(promise: Promise<unknown>, limitMs?: number): Promise<unknown> {
  return during(
    promise.then(
      () => 'no failure',
      (error: unknown) => error,
    ),
    limitMs,
  );
}

/** A call that is at its handler; its failure is waited for by `during`. */
async function heldCall(options: CallOptions = {}): Promise<{ call: InboundCall; failure: Promise<unknown> }> {
  const failure = bystander.call('hold', 1, options).catch((error: unknown) => error);
  await world.clock.runUntil(() => held.length === 1, 1_000);
  const [call] = held;
  if (call === undefined) throw new Error('no call is held');
  return { call, failure };
}

function flood(count: number): AnswerStream {
  return new AnswerStream((sink) => {
    for (let value = 0; value < count; value++) sink.value(Buffer.alloc(1_000), false);
    sink.complete();
    return () => {};
  });
}

/** A client that speaks bytes. */
class BareClient {
  readonly texts: string[] = [];
  closedMs: number | undefined = undefined;
  private readonly reader = new FrameReader(1 << 20);

  constructor(readonly socket: Socket) {
    socket.start({
      data: (chunk) => this.data(chunk),
      drain: () => {},
      closed: () => {
        this.closedMs = world.clock.monotonicMs();
      },
    });
  }

  private data(chunk: Buffer): void {
    this.reader.push(chunk);
    while (this.reader.next()) {
      const { type, id, buffer, start, end } = this.reader;
      const isError = type === FrameType.error;
      this.texts.push(isError ? `error ${id}: ${readError(buffer, start, end).message}` : `${type} ${id}`);
    }
  }
}

async function bareClient(versions = [1, 1], greets = true): Promise<BareClient> {
  const socket = await during(
    world.machine('bare').sockets.connect({ host: 'server', port: 4100 }, { timeoutMs: 1_000 }),
  );
  const client = new BareClient(socket);
  const [versionMin = 1, versionMax = 1] = versions;
  const fields = {
    name: 'bare',
    codecs: [],
    features: [],
    frameBytesMax: 1 << 20,
    inFlightCountMax: 9,
    windowCount: 4,
    windowBytes: 4_000,
    token: undefined,
  };
  if (greets) client.socket.write([encodeHelloFrame({ versionMin, versionMax, fields })]);
  await world.clock.advance(1);
  return client;
}

function frame(type: number, flags: number, id: number, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + body.length);
  bytes.set(body, writeHeader(bytes, 0, body.length, (type << 8) | flags, id));
  return bytes;
}

function request(route: string, id: number, codec: number, body: string): Buffer {
  const text = Buffer.from(route);
  const head = Buffer.concat([Buffer.from([0, 0, 0, 0, 0xff, 0xff, 0, text.length]), text, Buffer.from(body)]);
  return frame(FrameType.request, 0x10 | codec, id, head);
}

it('a peer that speaks HTTP is told so and closed', async () => {
  const client = await bareClient([1, 1], false);
  client.socket.write([Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')]);
  await world.clock.advance(10);
  expect(client.texts).toEqual([expect.stringContaining('not a Rookery peer: it begins with "GET / HTTP')]);
  expect(client.closedMs).toBeDefined();
  await expectUnharmed();
});

it('a client of another version is told both ranges and closed', async () => {
  const client = await bareClient([2, 3]);
  await world.clock.advance(10);
  expect(client.texts).toEqual([expect.stringContaining('the client speaks Rookery 2..3, this server 1..1')]);
  expect(client.closedMs).toBeDefined();
});

it('a peer that never greets is closed after the greeting deadline', async () => {
  const client = await bareClient([1, 1], false);
  await world.clock.advance(4_900);
  expect(client.closedMs).toBeUndefined();
  await world.clock.advance(500);
  expect(client.closedMs).toBeDefined();
});

it.each([
  ['a length of 4 GiB', Buffer.from('ffffffff020000000001', 'hex'), 'frame-too-large'],
  ['an unknown type', frame(99, 0, 1, Buffer.alloc(0)), 'unknown-frame'],
  ['a frame only servers send', frame(FrameType.response, 0, 1, Buffer.alloc(0)), 'malformed-frame'],
  ['a request without a route', frame(FrameType.request, 0, 1, Buffer.alloc(3)), 'malformed-frame'],
  ['a route number that was not defined', frame(FrameType.request, 0, 1, Buffer.alloc(6)), 'malformed-frame'],
  ['a window of the wrong size', frame(FrameType.window, 0, 1, Buffer.alloc(3)), 'malformed-frame'],
])('%s ends that connection only, with a typed error', async (_title, bytes, code) => {
  const client = await bareClient();
  client.socket.write([bytes]);
  await world.clock.advance(10);
  expect(client.texts[1]).toContain(`error 0: [${code}]`);
  expect(client.closedMs).toBeDefined();
  await expectUnharmed();
});

it('half a frame held open is closed after its deadline', async () => {
  const client = await bareClient();
  client.socket.write([Buffer.from('00000100020000000001', 'hex')]);
  const keepTalking = () => client.socket.write([Buffer.from([0])]);
  for (let second = 0; second < 29; second++) {
    await world.clock.advance(1_000);
    keepTalking();
  }
  expect(client.closedMs).toBeUndefined();
  await world.clock.advance(1_500);
  expect(client.closedMs).toBeDefined();
  await expectUnharmed();
});

it('a wrong codec refuses the call, not the connection', async () => {
  const client = await bareClient();
  client.socket.write([request('echo', 1, 5, 'x'), request('echo', 2, 1, '{"broken'), request('echo', 3, 1, '{}')]);
  await world.clock.advance(10);
  expect(client.texts.slice(1)).toEqual([
    expect.stringContaining('error 1: echo: [wrong-codec]'),
    expect.stringContaining('error 2: echo: [undecodable]'),
    '3 3',
  ]);
});

it('50 000 tiny frames in one write are all answered, and others are served meanwhile', async () => {
  const client = await bareClient();
  const count = 50_000;
  const frames = Array.from({ length: count }, () => frame(FrameType.ping, 0, 0, Buffer.alloc(0)));
  client.socket.write([Buffer.concat(frames)]);
  await expectUnharmed();
  await world.clock.runUntil(() => client.texts.length === count + 1, 60_000);
});

it('a reader that stops reading is dropped after the stall time', async () => {
  const client = await bareClient();
  client.socket.pause();
  for (let id = 1; id <= 40; id++) client.socket.write([request('echo', id, 0, 'x'.repeat(50_000))]);
  await world.clock.advance(20_000);
  expect(client.closedMs).toBeUndefined();
  client.socket.write([frame(FrameType.ping, 0, 0, Buffer.alloc(0))]);
  await world.clock.advance(25_000);
  client.socket.resume();
  await world.clock.advance(100);
  expect(client.closedMs).toBeDefined();
  await expectUnharmed();
});

it('a stream too far ahead of its reader fails, and earlier values still come', async () => {
  const client = await bareClient();
  client.socket.write([request('flood', 1, 1, '1000')]);
  await world.clock.advance(10);
  expect(client.texts.filter((each) => each === '7 1').length).toBeLessThanOrEqual(4);
  client.socket.write([request('flood', 2, 1, '50')]);
  await world.clock.advance(10);
  expect(client.texts.filter((each) => each === '7 2')).toHaveLength(4);
  const grant = Buffer.alloc(8);
  grant.writeUInt32BE(100, 0);
  grant.writeUInt32BE(100_000, 4);
  client.socket.write([frame(FrameType.window, 0, 2, grant)]);
  await world.clock.advance(10);
  expect(client.texts.filter((each) => each === '7 2')).toHaveLength(50);
  expect(client.texts.at(-1)).toBe('8 2');
  expect(client.texts).toContainEqual(expect.stringContaining('error 1: flood: the stream is further ahead'));
});

it('an answer that cannot be sent is an INTERNAL error at the caller', async () => {
  const error = await failureOf(bystander.call('unsayable', 1));
  expect(error).toMatchObject({ code: 'INTERNAL', executed: true, message: expect.stringContaining('a function') });
});

it('a payload that cannot be sent is refused before it is sent', async () => {
  expect(await failureOf(bystander.call('echo', () => 1))).toMatchObject({ code: 'INVALID_ARGUMENT', executed: false });
  expect(await failureOf(bystander.call('echo', 1, { codec: 'raw' }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
});

it('a deadline fires in its time, aborts the handler and frees its call', async () => {
  const startMs = world.clock.monotonicMs();
  const error = await failureOf(bystander.call('hold', 1, { timeoutMs: 50 }));
  const tookMs = world.clock.monotonicMs() - startMs;
  expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(tookMs).toBeGreaterThanOrEqual(50);
  expect(tookMs).toBeLessThanOrEqual(62);
  await world.clock.advance(20);
  expect(held[0]?.signal.aborted).toBe(true);
  expect(held[0]?.remainingMs()).toBe(0);
});

it('cancelling a call aborts its handler', async () => {
  const abort = new AbortController();
  const { call, failure } = await heldCall({ signal: abort.signal });
  expect(call.signal.aborted).toBe(false);
  abort.abort();
  expect(await during(failure)).toMatchObject({ code: 'CANCELLED' });
  await world.clock.advance(1);
  expect(call.signal.aborted).toBe(true);
});

it('a lost connection aborts its handlers, fails its calls as unknown, and is made again', async () => {
  const seen: string[] = [];
  bystander.onStatus((status) => seen.push(status));
  const { call, failure } = await heldCall();
  let isGone = false;
  call.peer.onClose(() => {
    isGone = true;
  });
  world.network.cut('bystander', 'server');
  expect(await during(failure)).toMatchObject({ code: 'UNAVAILABLE', executed: undefined });
  await world.clock.advance(1);
  expect(isGone).toBe(true);
  expect(call.signal.aborted).toBe(true);
  world.network.heal('bystander', 'server');
  await world.clock.advance(6_000);
  expect(seen).toEqual(['disconnected', 'connected']);
  await expectUnharmed();
});

it('a half-open peer is found in less than 15 s, by both sides', async () => {
  const startMs = world.clock.monotonicMs();
  const { call, failure } = await heldCall({ timeoutMs: 60_000 });
  world.network.halfOpen('bystander', 'server');
  expect(await during(failure)).toMatchObject({ code: 'UNAVAILABLE' });
  await world.clock.advance(300);
  expect(world.clock.monotonicMs() - startMs).toBeLessThan(15_000);
  expect(call.signal.aborted).toBe(true);
});

it('an idle connection lives on by its heartbeat', async () => {
  const seen: string[] = [];
  bystander.onStatus((status) => seen.push(status));
  await world.clock.advance(600_000);
  expect(seen).toEqual([]);
  await expectUnharmed();
});

it('a failed connect is not remembered', async () => {
  const late = createRpcChannel({ address: { host: 'server', port: 4200 } }, world.machine('late'));
  expect(await failureOf(late.call('echo', 1))).toMatchObject({ code: 'UNAVAILABLE', executed: false });
  const second = createRpcServer({ host: '0.0.0.0', port: 4200 }, world);
  second.onCall('echo', (call) => call.payload);
  await second.listen();
  expect(await during(late.call('echo', 2))).toBe(2);
});
