import { isTopicName } from '#message-set';
import type { StartFrom } from '#mq-protocol';
import { type OptionProblem, OptionsError } from '#platform';

/** One topic that a group reads. */
export interface Subscription {
  readonly topic: string;
  /**
   * Tags to handle; undefined = all. Selected by the consumer: a message with another tag is acknowledged unseen and counted as filtered.
   * So all consumers of a group must ask for the same tags, or messages are lost to those who want them.
   */
  readonly tags?: readonly string[] | undefined;
}

/** How one consumer of a group receives, handles and settles. */
export interface ConsumerOptions {
  /** Who shares the work and the progress. Same characters as a topic. */
  readonly group: string;
  /** At least one; a topic at most once. */
  readonly subscriptions: readonly Subscription[];
  /** Where the group starts on a queue it never read. */
  readonly startFrom: StartFrom;
  /** Handlers running at the same time. */
  readonly concurrency: number;
  /** Messages and bytes received ahead and not started, over all topics. Bytes may be passed by one message set per topic. */
  readonly prefetchCountMax: number;
  readonly prefetchBytesMax: number;
  /** How long a message is ours without a sign of life. Extended in the background while it waits and while its handler runs. */
  readonly leaseMs: number;
  /** After this long in our hands a lease is extended no more: the handler's signal is aborted, and another consumer gets the message. */
  readonly leaseTotalMsMax: number;
  /** Longest wait of one receive at the broker. */
  readonly receiveWaitMs: number;
  /** Pause before a failed message is delivered again: doubles with each attempt from the first to the second, jittered. */
  readonly retryMsMin: number;
  readonly retryMsMax: number;
  /** Acknowledgements that wait for the broker; above this nothing more is received. */
  readonly unsettledCountMax: number;
  /** How long `stop` waits for running handlers. */
  readonly shutdownTimeoutMs: number;
}

/** What must and what may be given to `createConsumer`. */
export type ConsumerSettings = Pick<ConsumerOptions, 'group' | 'subscriptions'> & {
  readonly [K in keyof ConsumerOptions]?: ConsumerOptions[K] | undefined;
};

/** What holds where nothing else is given. */
export const CONSUMER_DEFAULTS: Omit<ConsumerOptions, 'group' | 'subscriptions'> = Object.freeze({
  startFrom: 'earliest',
  concurrency: 20,
  prefetchCountMax: 256,
  prefetchBytesMax: 16 * 1024 * 1024,
  leaseMs: 30_000,
  leaseTotalMsMax: 3_600_000,
  receiveWaitMs: 20_000,
  retryMsMin: 1000,
  retryMsMax: 300_000,
  unsettledCountMax: 16_384,
  shutdownTimeoutMs: 20_000,
});

const RANGES: readonly (readonly [keyof ConsumerOptions, number, number])[] = [
  ['concurrency', 1, 65_535],
  ['prefetchCountMax', 1, 65_535],
  ['prefetchBytesMax', 1, 0x7fffffff],
  ['leaseMs', 100, 43_200_000],
  ['leaseTotalMsMax', 100, Number.MAX_SAFE_INTEGER],
  ['receiveWaitMs', 0, 3_600_000],
  ['retryMsMin', 1, 43_200_000],
  ['retryMsMax', 1, 43_200_000],
  ['unsettledCountMax', 1, 1_000_000],
  ['shutdownTimeoutMs', 0, 3_600_000],
];

/** Complete options from what was given. @throws {OptionsError} with every problem. */
export function resolveConsumerOptions(given: ConsumerSettings): ConsumerOptions {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { group, subscriptions } = given;
  const options: ConsumerOptions = { ...CONSUMER_DEFAULTS, ...set, group, subscriptions };
  const problems: OptionProblem[] = [...numberProblems(options), ...nameProblems(options)];
  if (options.retryMsMin > options.retryMsMax) {
    problems.push({ path: 'consumer.retryMsMin', problem: 'is above consumer.retryMsMax' });
  }
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze(options);
}

function numberProblems(options: ConsumerOptions): OptionProblem[] {
  const problems: OptionProblem[] = [];
  for (const [name, min, max] of RANGES) {
    const value = options[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) continue;
    problems.push({ path: `consumer.${name}`, problem: `${String(value)} is not an integer in [${min}, ${max}]` });
  }
  return problems;
}

function nameProblems(options: ConsumerOptions): OptionProblem[] {
  const problems: OptionProblem[] = [];
  const note = (path: string, problem: string) => problems.push({ path: `consumer.${path}`, problem });
  if (!isTopicName(options.group)) note('group', `${JSON.stringify(options.group)} cannot name a group`);
  if (options.startFrom !== 'earliest' && options.startFrom !== 'latest') note('startFrom', 'is earliest or latest');
  if (options.subscriptions.length === 0) note('subscriptions', 'at least one topic is needed');
  const seen = new Set<string>();
  for (const { topic, tags } of options.subscriptions) {
    if (!isTopicName(topic)) note('subscriptions', `${JSON.stringify(topic)} cannot name a topic`);
    if (seen.has(topic)) note('subscriptions', `${topic} is named twice`);
    if (tags?.length === 0) note('subscriptions', `no tag of ${topic} is wanted`);
    seen.add(topic);
  }
  return problems;
}
