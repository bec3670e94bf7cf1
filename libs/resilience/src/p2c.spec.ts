import { SeededRandom } from '#platform/testing';
import { pickLessLoaded } from './index.js';

it('the busiest of many is never taken, the others all are', () => {
  const random = new SeededRandom(1);
  const loads = [3, 1, 2, 9];
  const taken = [0, 0, 0, 0];
  for (let count = 0; count < 3_000; count++) {
    const index = pickLessLoaded([0, 1, 2, 3], (each) => loads[each] ?? 0, random);
    if (index !== undefined) taken[index] = (taken[index] ?? 0) + 1;
  }
  expect(taken[3]).toBe(0);
  expect(taken[1]).toBeGreaterThan(taken[2] ?? 0);
  expect(taken[2]).toBeGreaterThan(taken[0] ?? 0);
  expect(taken[0]).toBeGreaterThan(0);
});

it('equal loads are spread evenly', () => {
  const random = new SeededRandom(2);
  const taken = [0, 0, 0];
  for (let count = 0; count < 3_000; count++) {
    const index = pickLessLoaded([0, 1, 2], () => 0, random) ?? 0;
    taken[index] = (taken[index] ?? 0) + 1;
  }
  for (const each of taken) expect(Math.abs(each - 1_000)).toBeLessThan(150);
});

it('one is taken without a choice, none gives undefined', () => {
  const random = new SeededRandom(3);
  expect(pickLessLoaded(['a'], () => 0, random)).toBe('a');
  expect(pickLessLoaded([], () => 0, random)).toBeUndefined();
});
