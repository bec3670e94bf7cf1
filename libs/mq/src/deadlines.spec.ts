import fc from 'fast-check';
import { VirtualClock } from '#platform/testing';
import { Deadlines, type Due } from './deadlines.js';

const step = fc.record({ item: fc.nat(9), dueMs: fc.nat(100), isRemove: fc.boolean() });

describe('Deadlines', () => {
  it('expires each item once, at its last deadline, in order, and leaves no timer behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const clock = new VirtualClock();
        const deadlines = new Deadlines(clock);
        const expired: [number, number][] = [];
        const items = Array.from({ length: 10 }, (_, index): Due => {
          return { dueMs: 0, heapIndex: -1, expire: () => expired.push([index, clock.monotonicMs()]) };
        });
        const model = new Map<number, number>();
        for (const { item, dueMs, isRemove } of steps) {
          const due = items[item];
          if (due === undefined) continue;
          if (isRemove) deadlines.remove(due);
          else deadlines.set(due, dueMs);
          if (isRemove) model.delete(item);
          else model.set(item, dueMs);
        }
        expect(deadlines.count).toBe(model.size);
        await clock.advance(100);
        expect([...expired].sort()).toEqual([...model].sort());
        expect(expired.map(([, atMs]) => atMs)).toEqual([...model.values()].sort((left, right) => left - right));
        expect([deadlines.count, clock.scheduledCount()]).toEqual([0, 0]);
      }),
      { numRuns: 50 },
    );
  });
});
