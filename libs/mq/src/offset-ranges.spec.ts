import fc from 'fast-check';
import { OffsetRanges, rangesOf } from './offset-ranges.js';

const step = fc.record({ isAdd: fc.boolean(), from: fc.nat(60), size: fc.nat(12) });

describe('OffsetRanges', () => {
  it('answers as a plain set does, whatever was added and removed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ranges = new OffsetRanges();
        const model = new Set<number>();
        for (const { isAdd, from, size } of steps) {
          if (isAdd) ranges.add(from, from + size);
          else ranges.remove(from, from + size);
          for (let offset = from; offset < from + size; offset++) isAdd ? model.add(offset) : model.delete(offset);
        }
        const sorted = [...model].sort((left, right) => left - right);
        expect(ranges.ranges()).toEqual(rangesOf(sorted));
        expect(ranges.count).toBe(model.size);
        for (let offset = 0; offset < 80; offset++) {
          expect(ranges.has(offset)).toBe(model.has(offset));
          expect(ranges.nextPresent(offset)).toBe(sorted.find((each) => each >= offset));
          let absent = offset;
          while (model.has(absent)) absent += 1;
          expect(ranges.nextAbsent(offset)).toBe(absent);
        }
      }),
    );
  });
});
