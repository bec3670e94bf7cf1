import { backoffMs } from './index.js';

const backoff = { minMs: 50, maxMs: 5_000 };

it('the ceiling doubles from the shortest to the longest wait', () => {
  const ceilings = [1, 2, 3, 7, 8, 1_000].map((failureCount) => backoffMs(backoff, failureCount, { next: () => 0 }));
  expect(ceilings).toEqual([50, 100, 200, 3_200, 5_000, 5_000]);
});

it('chance takes anything off it but never all', () => {
  expect(backoffMs(backoff, 1, { next: () => 0.5 })).toBe(25);
  expect(backoffMs(backoff, 1, { next: () => 1 - Number.EPSILON })).toBeGreaterThan(0);
});
