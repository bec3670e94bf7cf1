import type { Platform } from '#platform';
import type { RegistryClientOptions } from './registry-client.options.js';

/** The pause before attempt `failureCount + 1`, in ms: doubles from `retryMsMin` up to `retryMsMax`, each drawn from its upper half. */
export function retryPauseMs(failureCount: number, options: RegistryClientOptions, random: Platform['random']): number {
  const wholeMs = Math.min(options.retryMsMax, options.retryMsMin * 2 ** Math.min(failureCount - 1, 20));
  return wholeMs * (0.5 + random.next() / 2);
}
