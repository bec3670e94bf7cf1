import { Packr } from 'msgpackr';
import { codecById, codecByName, codecFor, ProtocolError } from './index.js';

function roundTrip(name: string, value: unknown): unknown {
  const codec = codecByName(name);
  const bytes = Buffer.concat([Buffer.from('<'), codec.encode(value), Buffer.from('>')]);
  return codec.decode(bytes, 1, bytes.length - 1);
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return undefined;
}

const circular: Record<string, unknown> = {};
circular['self'] = circular;

const plain = [null, true, 0, -1.5, 'ü', [], [1, [2]], {}, { a: { b: 'c' } }, ''];

it.each(['json', 'msgpack'])('%s carries plain values', (name) => {
  for (const value of plain) expect(roundTrip(name, value)).toEqual(value);
  expect(roundTrip(name, undefined)).toBeUndefined();
});

it('msgpack carries dates, bytes and 64-bit integers', () => {
  const value = { bytes: Buffer.from([1, 2]), big: 2n ** 60n };
  expect(roundTrip('msgpack', value)).toEqual(value);
  const timestamp = Buffer.from('d6ff6553f100', 'hex');
  const at = codecByName('msgpack').decode(timestamp, 0, timestamp.length);
  expect(JSON.stringify(at)).toBe('"2023-11-14T22:13:20.000Z"');
  expect(Buffer.from(codecByName('msgpack').encode(at)).toString('hex')).toBe('d6ff6553f100');
});

it('bytes inside a decoded value do not share memory with the frame', () => {
  const codec = codecByName('msgpack');
  const frame = Buffer.from(codec.encode({ bytes: Buffer.from([1]) }));
  const value = codec.decode(frame, 0, frame.length);
  frame.fill(0);
  expect(value).toEqual({ bytes: Buffer.from([1]) });
});

it('an object of no class in particular is a MessagePack map that any library reads', () => {
  expect(Buffer.from(codecByName('msgpack').encode({ a: 1 })).toString('hex')).toBe('de0001a16101');
});

it.each(['json', 'msgpack'])('%s says clearly what it cannot carry', (name) => {
  const codec = codecByName(name);
  for (const value of [() => 1, Symbol('x'), circular, { big: 2n ** 70n }]) {
    expect(codeOf(() => codec.encode(value))).toBe('unencodable');
  }
  expect(codeOf(() => codec.encode({ fine: true }))).toBeUndefined();
});

it.each(['json', 'msgpack'])('%s refuses bytes it cannot read, however deep', (name) => {
  const codec = codecByName(name);
  const broken = name === 'json' ? Buffer.from('{"a"') : Buffer.from('81a16192', 'hex');
  const deep = name === 'json' ? Buffer.from('{"a":'.repeat(100_000)) : Buffer.alloc(100_000, 0x91);
  for (const bytes of [broken, deep]) expect(codeOf(() => codec.decode(bytes, 0, bytes.length))).toBe('undecodable');
  expect(roundTrip(name, { fine: true })).toEqual({ fine: true });
});

it('a key named __proto__ changes no prototype', () => {
  const attacks = ['{"__proto__":{"polluted":1}}', '{"a":{"\\u005f_proto__":{"polluted":1}}}'];
  for (const attack of attacks) {
    const value = codecByName('json').decode(Buffer.from(attack), 0, attack.length);
    expect(JSON.stringify(value)).not.toContain('polluted');
  }
  const packed = codecByName('msgpack').encode(new Map([['__proto__', { polluted: 1 }]]));
  const value = codecByName('msgpack').decode(Buffer.from(packed), 0, packed.length);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(Reflect.get(Object(value), 'polluted')).toBeUndefined();
});

it('raw carries bytes only, and bytes always travel raw', () => {
  expect(roundTrip('raw', Buffer.from('abc'))).toEqual(Buffer.from('abc'));
  expect(codeOf(() => codecByName('raw').encode({ a: 1 }))).toBe('wrong-codec');
  expect(codecFor(new Uint8Array(1), codecByName('json')).name).toBe('raw');
});

it('an unknown codec is refused by number and by name', () => {
  expect(codeOf(() => codecById(3))).toBe('wrong-codec');
  expect(codeOf(() => codecByName('xml'))).toBe('wrong-codec');
});

it('MessagePack that refers to itself is refused, not handed on as a value without end', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const bytes = new Packr({ structuredClone: true }).pack(cyclic);
  expect(codeOf(() => codecByName('msgpack').decode(bytes, 0, bytes.length))).toBe('undecodable');
});
