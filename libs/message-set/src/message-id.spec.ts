import type { Random } from '#platform';
import { createMessageIds, writeMessageId } from './message-id.js';
import { writeTagHash } from './tag-hash.js';
import { isTopicName } from './topic-name.js';
import { readU64, writeU64 } from './u64.js';

const random: Random = { next: () => 0, integer: () => 0, bytes: (size) => Buffer.alloc(size, 0xab) };

describe('message ids', () => {
  it('never repeat and keep their order past the end of a block', () => {
    const next = createMessageIds(random);
    const ids = Array.from({ length: 70_000 }, next);
    expect(new Set(ids).size).toBe(70_000);
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
    expect(ids[65_536]).toBe(`${'ab'.repeat(10)}000000010000`);
  });

  it('are written as the bytes that their digits say', () => {
    const target = Buffer.alloc(16);
    writeMessageId(target, 0, '00ff10a0'.repeat(4));
    expect(target.toString('hex')).toBe('00ff10a0'.repeat(4));
  });
});

describe('a tag hash', () => {
  const hash = (text: string) => {
    const target = Buffer.alloc(8);
    writeTagHash(target, 0, Buffer.from(text), 0, Buffer.byteLength(text));
    return target.toString('hex');
  };
  // Published test vectors of FNV-1a, 64 bits.
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])("of '%s' is %s", (text, want) => expect(hash(text)).toBe(want));
});

describe('a topic name', () => {
  it.each(['a', 'A.b', '%RETRY%g', '_-', 'x'.repeat(127)])('%s is one', (name) => expect(isTopicName(name)).toBe(true));
  it.each(['', '.a', 'a/b', 'a\n', 'a b', 'é', 'x'.repeat(128)])('%j is none', (name) =>
    expect(isTopicName(name)).toBe(false),
  );
});

describe('a u64', () => {
  it.each([0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER])('keeps %d', (value) => {
    const target = Buffer.alloc(8);
    writeU64(target, 0, value);
    expect([readU64(target, 0), target.readBigUInt64BE()]).toEqual([value, BigInt(value)]);
  });
});
