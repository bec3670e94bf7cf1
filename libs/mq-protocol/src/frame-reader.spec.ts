import fc from 'fast-check';
import { FrameReader } from './frame-reader.js';
import { MqProtocolError } from './mq-protocol-error.js';

/** The code of what reading throws; anything but an MqProtocolError comes out of here. */
function problem(bytes: Buffer, read: (reader: FrameReader) => unknown): string {
  try {
    read(new FrameReader(bytes, 'spec'));
    return 'none';
  } catch (error) {
    if (error instanceof MqProtocolError) return error.code;
    throw error;
  }
}

const READS: readonly (readonly [string, number, (reader: FrameReader) => unknown])[] = [
  ['u8', 1, (reader) => reader.u8()],
  ['u16', 2, (reader) => reader.u16()],
  ['u32', 4, (reader) => reader.u32()],
  ['u64', 8, (reader) => reader.u64()],
  ['bytes', 5, (reader) => reader.take(5)],
  ['text', 3, (reader) => reader.text(3)],
];

describe('a cursor over a received body', () => {
  it('reads big-endian numbers, texts and bytes in order', () => {
    const bytes = Buffer.from('02 0102 01020304 001fffffffffffff 6769 c3bc'.replaceAll(' ', ''), 'hex');
    const reader = new FrameReader(bytes, 'spec');
    reader.version(2);
    expect([reader.u16(), reader.u32(), reader.u64(), reader.text(2), reader.text(2)]).toEqual([
      0x0102,
      0x01020304,
      Number.MAX_SAFE_INTEGER,
      'gi',
      'ü',
    ]);
    reader.end();
  });

  it.each(READS)(
    'finds %s cut short by any number of bytes malformed, and the end after it reached',
    (_, size, read) => {
      for (let length = 0; length < size; length++) expect(problem(Buffer.alloc(length), read)).toBe('malformed');
      const readAndEnd = (reader: FrameReader) => {
        read(reader);
        reader.end();
      };
      expect(problem(Buffer.alloc(size), readAndEnd)).toBe('none');
      expect(problem(Buffer.alloc(size + 1), readAndEnd)).toBe('malformed');
    },
  );

  it('stays where it is after a read that failed', () => {
    const reader = new FrameReader(Buffer.of(7, 8), 'spec');
    expect(() => reader.u32()).toThrow(MqProtocolError);
    expect(reader.u16()).toBe(0x0708);
  });

  it('takes no number above 2^53 - 1', () => {
    expect(problem(Buffer.from('0020000000000000', 'hex'), (reader) => reader.u64())).toBe('malformed');
  });

  it('tells a newer version from malformed bytes', () => {
    expect(problem(Buffer.of(3), (reader) => reader.version(2))).toBe('unsupported-version');
    expect(problem(Buffer.alloc(0), (reader) => reader.version(2))).toBe('malformed');
  });

  it('takes bytes without a copy', () => {
    const bytes = Buffer.of(1, 2, 3);
    const taken = new FrameReader(bytes, 'spec').take(2);
    bytes[0] = 9;
    expect([...taken]).toEqual([9, 2]);
  });

  it('believes a count only if the items can be there', () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -1, max: 1 }),
        (count, itemBytes, by) => {
          const length = Math.max(0, count * itemBytes + by);
          const read = (reader: FrameReader) => reader.checkCount(count, itemBytes);
          expect(problem(Buffer.alloc(length), read)).toBe(count * itemBytes <= length ? 'none' : 'malformed');
        },
      ),
    );
    expect(problem(Buffer.alloc(10), (reader) => reader.checkCount(0xffffffff, 8))).toBe('malformed');
  });
});
