import fc from 'fast-check';
import { MqError } from './mq-error.js';
import { type OffsetRange, rangesOf } from './offset-ranges.js';
import { RecordReader, RecordWriter } from './record-bytes.js';

type Field =
  | { readonly kind: 'u8' | 'varint'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'blob'; readonly value: Uint8Array }
  | { readonly kind: 'ranges'; readonly value: readonly OffsetRange[] };

const varint = fc.oneof(
  fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  // Around every change of length.
  fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: -1, max: 1 })).map(([size, by]) => 128 ** size + by),
  fc.constant(Number.MAX_SAFE_INTEGER),
);
const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ kind: fc.constant('u8' as const), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('varint' as const), value: varint }),
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'grapheme', maxLength: 100 }) }),
  fc.record({ kind: fc.constant('blob' as const), value: fc.uint8Array({ maxLength: 50 }) }),
  fc.record({
    kind: fc.constant('ranges' as const),
    value: fc.uniqueArray(fc.nat(60)).map((offsets) => rangesOf(offsets.sort((left, right) => left - right))),
  }),
);

function write(writer: RecordWriter, each: Field): void {
  if (each.kind === 'text') writer.text(each.value);
  else if (each.kind === 'blob') writer.blob(each.value);
  else if (each.kind === 'ranges') writer.ranges(each.value);
  else writer[each.kind](each.value);
}

function written(fields: readonly Field[]): Buffer {
  const writer = new RecordWriter();
  for (const each of fields) write(writer, each);
  return writer.finish();
}

function read(reader: RecordReader, kind: Field['kind']): unknown {
  const value = reader[kind]();
  return Buffer.isBuffer(value) ? new Uint8Array(value) : value;
}

/** The code of what `attempt` throws; anything but an MqError comes out of here. */
function problem(attempt: () => unknown): string {
  try {
    attempt();
    return 'none';
  } catch (error) {
    if (error instanceof MqError) return error.code;
    throw error;
  }
}

describe('the fields of a state record', () => {
  it('come back as they were, in order, and fill the record', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 12 }), (fields) => {
        const reader = new RecordReader(written(fields));
        for (const { kind, value } of fields) expect(read(reader, kind)).toEqual(value);
        reader.end();
      }),
    );
  });

  it('may outgrow every buffer on the way', () => {
    const blobs = [300, 700, 10, 5000].map((size, index) => Buffer.alloc(size, index + 1));
    const reader = new RecordReader(written(blobs.map((value) => ({ kind: 'blob', value }))));
    expect(blobs.every((each) => reader.blob().equals(each))).toBe(true);
    reader.end();
  });

  it('are refused as a bad record when cut anywhere, or when something is left', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 4 }), fc.nat(), (fields, pick) => {
        const whole = written(fields);
        const readAll = (bytes: Buffer) => () => {
          const reader = new RecordReader(bytes);
          for (const { kind } of fields) read(reader, kind);
          reader.end();
        };
        expect(problem(readAll(whole.subarray(0, pick % whole.length)))).toBe('bad-record');
        expect(problem(readAll(Buffer.concat([whole, Buffer.of(0)])))).toBe('bad-record');
      }),
    );
  });

  it('are no blob that is longer than the record', () => {
    expect(problem(() => new RecordReader(Buffer.of(2, 0, 0)).blob())).toBe('none');
    expect(problem(() => new RecordReader(Buffer.of(3, 0, 0)).blob())).toBe('bad-record');
  });

  it('are no number above 2^53 - 1, however it is written', () => {
    const varintOf = (bytes: number[]) => problem(() => new RecordReader(Buffer.from(bytes)).varint());
    expect(varintOf([255, 255, 255, 255, 255, 255, 255, 15])).toBe('none');
    expect(varintOf([128, 128, 128, 128, 128, 128, 128, 16])).toBe('bad-record');
    expect(varintOf([128, 128, 128, 128, 128, 128, 128, 128, 0])).toBe('bad-record');
  });

  it('are no ranges that are empty or end above 2^53 - 1', () => {
    const ranges = (...numbers: number[]) => {
      const writer = new RecordWriter();
      for (const each of numbers) writer.varint(each);
      return problem(() => new RecordReader(writer.finish()).ranges());
    };
    expect(ranges(1, 5, 3)).toBe('none');
    expect(ranges(1, 5, 0)).toBe('bad-record');
    expect(ranges(1, Number.MAX_SAFE_INTEGER, 1)).toBe('bad-record');
    expect(ranges(Number.MAX_SAFE_INTEGER, 5, 3)).toBe('bad-record');
  });
});
