import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSendAnswer, encodeSendRequest, MQ_ROUTES } from '#mq-protocol';
import { FrameFlag, FrameType } from '#protocol';
import { REGISTRY_ROUTES } from '#registry';
import { Friend, messageSet } from './friend.js';
import { frameBytes, headerBytes, helloBytes, RawClient, requestBytes } from './raw-client.js';
import { RookeryProcess } from './rookery-process.js';

const RAW = 0;
const JSON_CODEC = 1;
const MSGPACK = 2;
const RSS_GROWTH_BYTES_MAX = 100 * 1024 ** 2;
const MIB = 1024 ** 2;

/** A thousand calls that nobody serves. Each refusal names the route, so 2 MB come back for 2 MB. */
const REFUSED_FLOOD = Buffer.concat(
  Array.from({ length: 1_000 }, (_, index) => requestBytes(index + 1, 'r'.repeat(2_000), RAW, Buffer.alloc(0))),
);

/** One real broker for all: what one client does to it, the next one would feel. */
describe('a broker among hostile clients', () => {
  let directory: string;
  let broker: RookeryProcess;
  let url: string;
  let friend: Friend;
  let restBytes: number;
  const clients: RawClient[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rookery-hostile-'));
    const started = await RookeryProcess.broker(join(directory, 'data'), ['--log-level', 'error']);
    ({ broker, url } = started);
    friend = new Friend(url, 'friendship');
    friend.start();
    await friend.rounds(20);
    restBytes = residentBytes(broker);
  });
  afterEach(async () => {
    // The broker serves the friend as before, in the same process, in bounded memory.
    await friend.rounds(3);
    expect(friend.complaints.splice(0)).toEqual([]);
    expect([broker.child.exitCode, broker.child.signalCode]).toEqual([null, null]);
    expect(residentBytes(broker) - restBytes).toBeLessThan(RSS_GROWTH_BYTES_MAX);
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(async () => {
    await friend.stop();
    const { exitCode, stderr } = await broker.stop('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  async function stranger(): Promise<RawClient> {
    const client = await RawClient.connect(url);
    clients.push(client);
    return client;
  }

  async function greeted(): Promise<RawClient> {
    const client = await RawClient.greeted(url);
    clients.push(client);
    return client;
  }

  describe('instead of a greeting', () => {
    it('random bytes are told that they are no Rookery', async () => {
      const client = await stranger();
      client.write(Buffer.from('\u0007what is this\u00ff\u00fe, and where am I, and why', 'latin1'));
      expect(await client.farewell()).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: '[bad-hello] not a Rookery peer: it begins with ".what is this..,"',
      });
    });

    it('an HTTP request is told what it met', async () => {
      const client = await stranger();
      client.write(Buffer.from('GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n'));
      const { code, message } = await client.farewell();
      expect(code).toBe('INVALID_ARGUMENT');
      expect(message).toContain('not a Rookery peer: it begins with "GET /metrics HTT"');
    });

    it('a wrong version is told both ranges', async () => {
      const client = await stranger();
      client.write(helloBytes(7, 9));
      expect(await client.farewell()).toMatchObject({
        code: 'FAILED_PRECONDITION',
        message: '[version-mismatch] the client speaks Rookery 7..9, this server 1..1',
      });
    });

    it('a call before the greeting is turned away', async () => {
      const client = await stranger();
      client.write(requestBytes(1, MQ_ROUTES.listTopics, JSON_CODEC, Buffer.alloc(0)));
      expect(await client.farewell()).toMatchObject({ code: 'INVALID_ARGUMENT' });
    });
  });

  describe('malformed frames', () => {
    it('a length of 4 GiB is refused with its size and the limit, before a byte of it comes', async () => {
      const client = await greeted();
      client.write(headerBytes(0xffff_ffff, FrameType.request));
      expect(await client.farewell()).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: '[frame-too-large] a frame of 4294967295 bytes, at most 16777216 are taken',
      });
    });

    it('an unknown frame type is named', async () => {
      const client = await greeted();
      client.write(headerBytes(0, 99));
      expect(await client.farewell()).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: '[unknown-frame] frame type 99 is not known',
      });
    });

    it('half frames held open cost what was sent of them, not what they announce', async () => {
      for (let count = 0; count < 100; count++) {
        const client = await greeted();
        client.write(headerBytes(16 * MIB, FrameType.request));
        client.write(Buffer.alloc(100));
      }
      await friend.rounds(5);
    });

    it('50,000 tiny frames in one write leave the others their turns', async () => {
      const client = await greeted();
      const cancel = headerBytes(0, FrameType.cancel, 0, 7);
      const ping = headerBytes(0, FrameType.ping, 0, 0);
      const before = friend.roundCount;
      client.write(Buffer.concat([...Array<Buffer>(50_000).fill(cancel), ping]));
      expect((await client.next()).type).toBe(FrameType.pong);
      expect(friend.roundCount).toBeGreaterThanOrEqual(before);
    });

    it.each([
      [
        'a request that ends before its route',
        frameBytes(FrameType.request, 0, 1, Buffer.alloc(3)),
        /before its route/,
      ],
      ['a route that was not defined', frameBytes(FrameType.request, 0, 1, Buffer.alloc(6)), /route number 0 was not/],
      [
        'a route longer than its frame',
        frameBytes(FrameType.request, FrameFlag.definesRoute, 1, Buffer.from([0, 0, 0, 0, 0, 0, 7, 0xff, 1])),
        /a route does not fit its frame/,
      ],
      [
        'metadata longer than its frame',
        frameBytes(FrameType.request, FrameFlag.hasMetadata, 1, Buffer.from([0, 0, 0, 0, 0, 0, 0x3f, 0xff])),
        /metadata does not fit/,
      ],
      ['a call without an id', requestBytes(0, 'x', RAW, Buffer.alloc(0)), /call id 0/],
      ['a window of the wrong size', frameBytes(FrameType.window, 0, 1, Buffer.alloc(3)), /a window frame of 3 bytes/],
      ['an answer', frameBytes(FrameType.response, 0, 1, Buffer.alloc(0)), /does not send frames of type 3/],
      ['a second greeting', helloBytes(1, 1), /does not send frames of type 1/],
    ])('%s ends the connection with the reason', async (_, bytes, expected) => {
      const client = await greeted();
      client.write(bytes);
      const { code, message } = await client.farewell();
      expect(code).toBe('INVALID_ARGUMENT');
      expect(message).toMatch(/^\[malformed-frame\] /);
      expect(message).toMatch(expected);
    });
  });

  describe('requests that cannot be meant', () => {
    it('an unknown route is named, and the connection stays', async () => {
      const client = await greeted();
      const { code, message, executed } = await client.fail('mq.nonsense', MSGPACK, Buffer.from([0x80]));
      expect({ code, executed }).toEqual({ code: 'UNIMPLEMENTED', executed: false });
      expect(message).toContain('mq.nonsense');
      expect((await client.call(MQ_ROUTES.listTopics, JSON_CODEC, Buffer.from('{}'))).type).toBe(FrameType.response);
    });

    it.each([
      ['JSON flagged as msgpack', MQ_ROUTES.ack, MSGPACK, Buffer.from('{"a":1}'), /mq\.ack: .*not MessagePack/],
      ['msgpack flagged as JSON', MQ_ROUTES.ack, JSON_CODEC, Buffer.from([0x81, 0xa1, 0x61, 1]), /mq\.ack: .*not JSON/],
      ['a codec that nobody knows', MQ_ROUTES.ack, 7, Buffer.from('?'), /mq\.ack: .*codec 7 is not known/],
      ['msgpack where raw bytes belong', MQ_ROUTES.send, MSGPACK, Buffer.from([0x80]), /raw bytes/],
      ['raw bytes where an object belongs', MQ_ROUTES.receive, RAW, Buffer.from([1, 2, 3]), /receive/],
      ['a send without a set', MQ_ROUTES.send, RAW, Buffer.from([1, 0, 0, 0]), /send request: no message set/],
      ['a send of a later version', MQ_ROUTES.send, RAW, Buffer.from([9, 0, 0, 0]), /send request of version 9/],
      ['an unknown flush mode', MQ_ROUTES.send, RAW, Buffer.from([1, 9, 0, 1]), /unknown flush mode/],
      ['sets shorter than announced', MQ_ROUTES.send, RAW, sizesThatLie(+1), /cut short/],
      ['sets longer than announced', MQ_ROUTES.send, RAW, sizesThatLie(-1), /1 bytes too many/],
      ['65,535 sets announced', MQ_ROUTES.send, RAW, Buffer.from([1, 0, 0xff, 0xff]), /cut short, 4 bytes expected/],
      [
        'absurd numbers',
        MQ_ROUTES.receive,
        JSON_CODEC,
        absurdReceive(),
        /messageCountMax.*bytesMax.*waitMs.*visibilityMs/,
      ],
      ['no fields at all', MQ_ROUTES.nack, JSON_CODEC, Buffer.from('[]'), /nack: an object is expected/],
      [
        'a registration of anything',
        REGISTRY_ROUTES.register,
        JSON_CODEC,
        Buffer.from('{"service":{}}'),
        /leaseMs must be a number from/,
      ],
      ['a name that is __proto__', MQ_ROUTES.ack, JSON_CODEC, Buffer.from('{"__proto__":{"group":"g"}}'), /ack\.group/],
    ])('%s: refused with the place', async (_, route, codecId, payload, expected) => {
      const client = await greeted();
      const { code, message } = await client.fail(route, codecId, payload);
      expect(code).toBe('INVALID_ARGUMENT');
      expect(message).toMatch(expected);
    });

    it.each([
      ['JSON', JSON_CODEC, Buffer.from('['.repeat(MIB) + ']'.repeat(MIB))],
      ['JSON with __proto__', JSON_CODEC, Buffer.from(`${'{"__proto__":'.repeat(99_999)}1${'}'.repeat(99_999)}`)],
      ['msgpack', MSGPACK, Buffer.alloc(MIB, 0x91)],
      ['huge msgpack arrays', MSGPACK, Buffer.alloc(5 * 100_000, Buffer.from([0xdd, 1, 0xff, 0xff, 0xff]))],
      ['huge msgpack maps', MSGPACK, Buffer.alloc(5 * 100_000, Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff]))],
    ])('deeply nested %s is refused', async (_, codecId, payload) => {
      const client = await greeted();
      expect(await client.fail(MQ_ROUTES.ack, codecId, payload)).toMatchObject({ code: 'INVALID_ARGUMENT' });
    });

    it('polluted keys reach no prototype', async () => {
      const client = await greeted();
      const body = Buffer.from('{"topic":"x","constructor":{"prototype":{"polluted":1}},"__proto__":{"polluted":1}}');
      await client.call(MQ_ROUTES.describeTopic, JSON_CODEC, body);
      const answer = await client.call(MQ_ROUTES.listTopics, JSON_CODEC, Buffer.from('{}'));
      expect(answer.body.toString()).not.toContain('polluted');
    });
  });

  describe('message sets that must not enter the log', () => {
    it.each([
      ['a wrong CRC', brokenCrc(), 'bad-set', /bad-crc: crc \d+ instead of \d+/],
      ['bytes behind the set', Buffer.concat([aSet(), Buffer.alloc(5)]), 'bad-set', /5 bytes after the set/],
      ['a forged control set', aSet({ kind: 'control' }), 'bad-set', /a set of kind control cannot be sent/],
      ['a forged snapshot', aSet({ kind: 'snapshot' }), 'bad-set', /a set of kind snapshot cannot be sent/],
      ['noise', Buffer.alloc(200, 0x5a), 'bad-set', /./],
      ['a queue that is not there', aSet({ queueId: 999 }), 'unknown-queue', /no queue 999/],
    ])('%s is refused, its neighbour stored', async (_, set, code, expected) => {
      const client = await greeted();
      const body = encodeSendRequest({ flushMode: 'fsync', sets: [set, aSet()] });
      const answer = await client.call(MQ_ROUTES.send, RAW, body);
      expect(answer.type).toBe(FrameType.response);
      const [refused, placed] = decodeSendAnswer(answer.body);
      expect(refused).toMatchObject({
        kind: 'refused',
        code,
        retryable: false,
        message: expect.stringMatching(expected),
      });
      expect(placed).toMatchObject({ kind: 'placed', topic: 'hostility' });
    });
  });

  it('receipts that were never given settle nothing', async () => {
    const client = await greeted();
    const item = { queueId: 0, receipt: 'forged', ranges: [0, 10] };
    const body = Buffer.from(JSON.stringify({ group: 'friends', topic: 'friendship', items: [item] }));
    const answer = await client.call(MQ_ROUTES.ack, JSON_CODEC, body);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ outcomes: ['unknown'] });
  });
});

/** A broker of its own: what waited for such a client is garbage that the process gives back when it needs the memory, not before. */
it('a client that never reads its answers is dropped, and what waits for it is bounded, again and again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rookery-hostile-'));
  const { broker, url } = await RookeryProcess.broker(join(directory, 'data'), ['--log-level', 'silent']);
  const friend = new Friend(url, 'friendship');
  friend.start();
  await friend.rounds(20);
  const restBytes = residentBytes(broker);
  let highestBytes = 0;
  for (let round = 0; round < 3; round++) {
    const client = await RawClient.greeted(url);
    client.stopReading();
    for (let floods = 0; await client.flushed(REFUSED_FLOOD); floods++) {
      highestBytes = Math.max(highestBytes, residentBytes(broker));
      expect(floods).toBeLessThan(200);
    }
    await client.ended();
  }
  await friend.rounds(3);
  await friend.stop();
  expect(friend.complaints).toEqual([]);
  // It is dropped at 128 MiB, twice `outboundBytesMax`; the rest is what the broker needs itself.
  expect(highestBytes - restBytes).toBeLessThan(128 * MIB + RSS_GROWTH_BYTES_MAX);
  expect(await broker.stop('SIGTERM')).toMatchObject({ exitCode: 0 });
  rmSync(directory, { recursive: true, force: true });
});

function residentBytes({ child }: RookeryProcess): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  return 1024 * Number(kib);
}

function aSet(part: Parameters<typeof messageSet>[2] = {}): Buffer {
  return messageSet('hostility', Buffer.from('hello'), part);
}

function brokenCrc(): Buffer {
  const set = aSet();
  set.writeUInt8(set.readUInt8(set.length - 1) ^ 0xff, set.length - 1);
  return set;
}

function sizesThatLie(byBytes: number): Buffer {
  const body = encodeSendRequest({ flushMode: 'fsync', sets: [aSet()] });
  body.writeUInt32BE(body.readUInt32BE(4) + byBytes, 4);
  return body;
}

function absurdReceive(): Buffer {
  const absurd = { queueId: -7, messageCountMax: 1e308, bytesMax: -1, waitMs: 1e15, visibilityMs: 0.5 };
  const names = { group: 'g', topic: 't', attemptId: '1', startFrom: 'earliest' };
  return Buffer.from(JSON.stringify({ ...names, ...absurd }));
}
