import fc from 'fast-check';
import { textBytes, writeText } from './text-bytes.js';

// Lone halves of pairs too: callers may give any string. Around the length where the way of counting changes.
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60, size: 'max' }),
  fc.string({
    unit: fc.constantFrom('a', '\x7f', '\x80', 'ü', '€', '😀', '\ud83d', '\ude00'),
    maxLength: 60,
    size: 'max',
  }),
  fc.integer({ min: 46, max: 50 }).map((length) => 'x'.repeat(length)),
);

describe('the UTF-8 of a text', () => {
  it('has the bytes that Node gives it, at its place and nowhere else', () => {
    fc.assert(
      fc.property(text, fc.nat(5), (given, at) => {
        const want = Buffer.from(given, 'utf8');
        expect(textBytes(given, want.length, 'spec')).toBe(want.length);
        const target = Buffer.alloc(at + want.length + 5, 0xee);
        expect(writeText(target, at, given)).toBe(at + want.length);
        expect(target).toEqual(Buffer.concat([Buffer.alloc(at, 0xee), want, Buffer.alloc(5, 0xee)]));
      }),
      { numRuns: 500 },
    );
  });

  it.each(['x'.repeat(10), 'x'.repeat(100), 'ü'.repeat(5)])('is refused above its limit, in bytes: %s', (given) => {
    const bytes = Buffer.byteLength(given);
    expect(textBytes(given, bytes, 'tag')).toBe(bytes);
    expect(() => textBytes(given, bytes - 1, 'tag')).toThrow(
      expect.objectContaining({ code: 'too-large', message: expect.stringContaining('tag') }),
    );
  });
});
