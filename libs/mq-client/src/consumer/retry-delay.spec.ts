import { SeededRandom } from '#platform/testing';
import { retryDelayMs } from './retry-delay.js';

const random = new SeededRandom('retry delay');
const draws = (attempt: number) => Array.from({ length: 200 }, () => retryDelayMs(attempt, 100, 5000, random));

describe('the pause before a failed message comes again', () => {
  it.each([
    [1, 100],
    [2, 200],
    [6, 3200],
    [7, 5000],
    [2000, 5000],
  ])('is from the upper half of its step: attempt %i, up to %i ms', (attempt, wholeMs) => {
    const all = draws(attempt);
    expect(Math.max(...all)).toBe(wholeMs);
    expect(Math.min(...all)).toBeGreaterThan(wholeMs / 2);
    expect(Math.min(...all)).toBeLessThan(wholeMs * 0.6);
  });

  it('has few values, so that messages that fail together go back in one request', () => {
    expect(new Set(draws(3)).size).toBe(8);
  });

  it('is a whole number of ms, as the protocol asks', () => {
    expect(Array.from({ length: 50 }, () => retryDelayMs(1, 7, 7, random)).every(Number.isSafeInteger)).toBe(true);
  });
});
