import fc from 'fast-check';
import { QueueProgress } from './queue-progress.js';

const START = 5;
const END = 50;
const OFFSETS = Array.from({ length: END }, (_, offset) => offset);

const step = fc.record({
  isSettled: fc.boolean(),
  ranges: fc.array(fc.tuple(fc.nat(END - 12), fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 3 }),
});

const rangesOf = (pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([from, count]) => ({ from, to: from + count }));

describe('the durable progress of a group on a queue', () => {
  it('is what a set of settled offsets and a count of failures say, whatever the records name twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const progress = new QueueProgress(START);
        const settled = new Set<number>();
        for (let offset = 0; offset < START; offset++) settled.add(offset);
        const failures = new Map<number, number>();
        for (const { isSettled, ranges } of steps) {
          if (isSettled) progress.settle(rangesOf(ranges));
          else progress.fail(rangesOf(ranges), 7);
          for (const { from, to } of rangesOf(ranges)) {
            for (let offset = from; offset < to; offset++) {
              if (isSettled) {
                settled.add(offset);
                failures.delete(offset);
              } else if (!settled.has(offset)) failures.set(offset, (failures.get(offset) ?? 0) + 1);
            }
          }
          let floor = START;
          while (settled.has(floor)) floor += 1;
          expect(progress.floor).toBe(floor);
          expect(progress.settled.count).toBe([...settled].filter((offset) => offset > floor).length);
          expect([...progress.failures.keys()].sort()).toEqual([...failures.keys()].sort());
          const wrong = OFFSETS.filter(
            (offset) =>
              progress.isSettled(offset) !== settled.has(offset) ||
              progress.nextAttempt(offset) !== 1 + (failures.get(offset) ?? 0),
          );
          expect(wrong).toEqual([]);
        }
      }),
    );
  });

  it('keeps the time of the last failure, not of the first', () => {
    const progress = new QueueProgress(0);
    progress.fail([{ from: 3, to: 4 }], 100);
    progress.fail([{ from: 3, to: 4 }], 50);
    expect(progress.failures.get(3)).toEqual({ count: 2, visibleAtMs: 50 });
  });
});
