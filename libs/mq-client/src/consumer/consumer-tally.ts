import type { ConsumerCounts } from './consumer.js';

/** The counters of one consumer while it counts. */
export type ConsumerTally = { -readonly [K in keyof ConsumerCounts]: ConsumerCounts[K] };

/** All zero. */
export function newConsumerTally(): ConsumerTally {
  return {
    receivedCount: 0,
    ackedCount: 0,
    nackedCount: 0,
    failedCount: 0,
    filteredCount: 0,
    staleCount: 0,
    lostCount: 0,
    extendedCount: 0,
    bufferedCount: 0,
    runningCount: 0,
  };
}
