import type { Random } from '#platform';

/** How long to wait between attempts. */
export interface Backoff {
  /** Longest wait after the first failure, in ms. */
  readonly minMs: number;
  /** Longest wait after any failure, in ms. */
  readonly maxMs: number;
}

/**
 * The wait before attempt `failureCount` + 1, in ms: uniform in (0, min(maxMs, minMs * 2^(failureCount - 1))], "full jitter", so
 * that clients which lost the same server do not come back together. `failureCount` is at least 1.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 */
export function backoffMs(backoff: Backoff, failureCount: number, random: Pick<Random, 'next'>): number {
  const ceilingMs = Math.min(backoff.maxMs, backoff.minMs * 2 ** Math.min(failureCount - 1, 30));
  return ceilingMs * (1 - random.next());
}
