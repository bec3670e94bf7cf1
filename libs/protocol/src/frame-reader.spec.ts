import { FrameReader, FrameType, HEADER_BYTES, ProtocolError, writeHeader } from './index.js';

/** The frames that a reader finds when `bytes` arrive in these pieces, as text. */
function framesOf(pieces: readonly Buffer[], bodyBytesMax = 1024 * 1024): string[] {
  const reader = new FrameReader(bodyBytesMax);
  const found: string[] = [];
  for (const piece of pieces) {
    reader.push(Buffer.from(piece));
    while (reader.next()) {
      const body = reader.buffer.subarray(reader.start, reader.end);
      found.push(`${reader.type}/${reader.flags}/${reader.id}/${body.toString('latin1')}`);
    }
  }
  return found;
}

function frame(type: number, flags: number, id: number, body: string): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + body.length);
  bytes.write(body, writeHeader(bytes, 0, body.length, (type << 8) | flags, id), 'latin1');
  return bytes;
}

function refusalOf(bytes: Buffer, bodyBytesMax = 1024): unknown {
  try {
    framesOf([bytes], bodyBytesMax);
  } catch (error) {
    return error;
  }
  return undefined;
}

const long = 'x'.repeat(5_000);
const sequence = Buffer.concat([
  frame(FrameType.ping, 0, 0, ''),
  frame(FrameType.request, 2, 1, 'abc'),
  frame(FrameType.response, 0x12, 0xffff_ffff, ''),
  frame(FrameType.streamData, 1, 7, long),
  frame(FrameType.goaway, 0, 0, 'bye'),
]);
const expected = ['10/0/0/', '2/2/1/abc', '3/18/4294967295/', `7/1/7/${long}`, '12/0/0/bye'];

it('the header is ten golden bytes', () => {
  expect(frame(FrameType.response, 2, 0x01020304, 'hi').toString('hex')).toBe('0000000203020102030468' + '69');
});

it('every split point of a sequence gives the same frames', () => {
  for (let at = 0; at <= sequence.length; at++) {
    const found = framesOf([sequence.subarray(0, at), sequence.subarray(at)]);
    if (found.join() !== expected.join()) throw new Error(`split at ${at}`);
  }
});

it('pieces of any one size give the same frames', () => {
  for (const size of [1, 2, 3, 9, 10, 11, 64, 1000]) {
    const pieces: Buffer[] = [];
    for (let at = 0; at < sequence.length; at += size) pieces.push(sequence.subarray(at, at + size));
    expect(framesOf(pieces)).toEqual(expected);
  }
});

it('a length of 4 GiB is refused with the ten header bytes alone', () => {
  const header = Buffer.from('ffffffff020000000001', 'hex');
  expect(refusalOf(header)).toMatchObject({ code: 'frame-too-large' });
  expect(refusalOf(header.subarray(0, 9))).toBeUndefined();
});

it('an announced length costs nothing before its bytes come', () => {
  const before = process.memoryUsage().arrayBuffers;
  const readers: FrameReader[] = [];
  for (let count = 0; count < 100; count++) {
    const each = new FrameReader(1024 ** 3);
    each.push(Buffer.from('30000000020000000001ab', 'hex'));
    expect(each.next()).toBe(false);
    expect(each.isMidFrame).toBe(true);
    readers.push(each);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
});

it('an unknown type is refused', () => {
  expect(refusalOf(frame(13, 0, 0, ''))).toMatchObject({ code: 'unknown-frame' });
  expect(refusalOf(frame(0, 0, 0, ''))).toMatchObject({ code: 'unknown-frame' });
});

it('random bytes throw nothing but ProtocolError', () => {
  const seed = process.hrtime()[1];
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 16;
  };
  for (let round = 0; round < 3_000; round++) {
    const bytes = Buffer.from(Array.from({ length: next() % 40 }, () => (next() % 3 === 0 ? next() : 0) & 0xff));
    const error = refusalOf(bytes);
    if (error !== undefined && !(error instanceof ProtocolError)) throw new Error(`seed ${seed}: ${String(error)}`);
  }
});

it('a frame keeps its bytes after the next ones were read', () => {
  const reader = new FrameReader(1024);
  reader.push(frame(FrameType.request, 0, 1, 'abcdef').subarray(0, 12));
  expect(reader.next()).toBe(false);
  reader.push(
    Buffer.concat([
      frame(FrameType.request, 0, 1, 'abcdef').subarray(12),
      frame(FrameType.request, 0, 2, 'zz').subarray(0, 11),
    ]),
  );
  expect(reader.next()).toBe(true);
  const kept = reader.buffer.subarray(reader.start, reader.end);
  expect(reader.next()).toBe(false);
  reader.push(Buffer.from('z'));
  expect(reader.next()).toBe(true);
  expect(kept.toString()).toBe('abcdef');
});
