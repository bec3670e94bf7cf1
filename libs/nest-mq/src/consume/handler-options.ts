import type { ConsumerSettings } from '#mq-client';
import { MqError } from '#mq-client';
import { type OptionProblem, OptionsError } from '#platform';
import { type Duration, tryDurationMs } from '#rpc';

/** How the consumer of one group works. All handlers of a group in one process share one consumer: what they say must not differ. */
export interface MqHandlerOptions {
  /** Who shares the work and the progress. Needed, on the class or on the method. */
  readonly group?: string | undefined;
  /** Handlers of the group running at the same time; default 20. */
  readonly concurrency?: number | undefined;
  /** Where a group that never read a queue starts; default 'earliest'. */
  readonly startFrom?: 'earliest' | 'latest' | undefined;
  /** How long a message is ours without a sign of life; extended in the background while its handler runs. Default '30s'. */
  readonly lease?: Duration | undefined;
  /** Messages received ahead of their handlers; default 256. */
  readonly prefetch?: number | undefined;
  /** Pause before a failed message comes again: doubles from `minDelay` ('1s') to `maxDelay` ('5m'). */
  readonly retry?: { readonly minDelay?: Duration | undefined; readonly maxDelay?: Duration | undefined } | undefined;
}

/** What a group's handlers say, as the consumer takes it. */
export type GroupSettings = Partial<Omit<ConsumerSettings, 'group' | 'subscriptions'>>;

/** Options of the public API that come later. Ignoring one would break a promise, so each is refused by name. */
const LATER = [
  'ordered',
  'exclusive',
  'filter',
  'model',
  'from',
  'ackMode',
  'maxAttempts',
  'batch',
  'idempotent',
  'transaction',
];

/** @throws {MqError} 'unsupported' for an option of a later version; @throws {OptionsError} with every other problem */
export function groupSettingsOf(options: MqHandlerOptions, where: string): GroupSettings {
  const retry = options.retry ?? {};
  const later = [...Object.keys(options), ...Object.keys(retry)].filter((name) => LATER.includes(name));
  if (later.length > 0) throw new MqError('unsupported', `${where}: ${later.join(', ')} not in this version`);
  const problems: OptionProblem[] = [];
  const ms = (path: string, given: Duration | undefined): number | undefined => {
    if (given === undefined) return undefined;
    const parsed = tryDurationMs(given);
    if (parsed === undefined) problems.push({ path: `${where}: ${path}`, problem: `${given} is not a duration` });
    return parsed;
  };
  const settings = {
    concurrency: options.concurrency,
    startFrom: options.startFrom,
    leaseMs: ms('lease', options.lease),
    prefetchCountMax: options.prefetch,
    retryMsMin: ms('retry.minDelay', retry.minDelay),
    retryMsMax: ms('retry.maxDelay', retry.maxDelay),
  };
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
