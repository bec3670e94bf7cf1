import type { Random } from '#platform';

/** Steps of jitter. Few, so that messages that fail together share a delay and go back in one request. */
const STEP_COUNT = 8;

/** The pause before the next delivery of a message that failed in its `attempt`th (1 = first): doubles up to the maximum, drawn from the upper half. */
export function retryDelayMs(attempt: number, msMin: number, msMax: number, random: Random): number {
  const wholeMs = Math.min(msMax, msMin * 2 ** Math.min(attempt - 1, 30));
  return Math.ceil(wholeMs * (0.5 + (random.integer(STEP_COUNT) + 1) / (2 * STEP_COUNT)));
}
