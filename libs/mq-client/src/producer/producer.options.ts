import { type OptionProblem, OptionsError } from '#platform';
import type { OutgoingMessage } from '../outgoing-message.js';

/** Picks the queue of a message, in [0, queueCount). Undefined = as if there were no selector. Called once per message, in the order of sends. */
export type QueueSelector = (message: OutgoingMessage, queueCount: number) => number | undefined;

/** How one producer gathers, sends and retries. */
export interface ProducerOptions {
  /** Whole time of a send, from the call to the answer, retries included. When the backlog is long a send may take up to 1.5 times as long. */
  readonly sendTimeoutMs: number;
  /** Sends wait (batched) or are in flight up to this many bytes and messages; more are refused with `backlog-full`. */
  readonly pendingBytesMax: number;
  readonly pendingCountMax: number;
  /** Largest message, body and text fields together. */
  readonly messageBytesMax: number;
  /** A message set is closed when it reaches this many bytes or messages. */
  readonly setBytesMax: number;
  readonly setCountMax: number;
  /** Sets are added to one request up to this many bytes (at least one set). */
  readonly requestBytesMax: number;
  /** Send requests on the way at the same time; while all are busy, the next batch gathers. */
  readonly requestsInFlightMax: number;
  /** Pause before what was certainly not stored is sent again: doubles from the first to the second, jittered. */
  readonly retryMsMin: number;
  readonly retryMsMax: number;
  /** Also send again what may have been stored. Brings duplicates until the broker removes them by producer sequence. */
  readonly retryUnknown: boolean;
  /** Queues assumed for a topic that does not exist yet: the broker's own default for topics made by a send. */
  readonly newTopicQueueCount: number;
  readonly selectQueue: QueueSelector | undefined;
  /** Kept in every message as the place where it was born. */
  readonly bornHost: string | undefined;
}

/** What may be given to `createProducer`: any part of the options. */
export type ProducerSettings = { readonly [K in keyof ProducerOptions]?: ProducerOptions[K] | undefined };

/** What holds where nothing else is given. */
export const PRODUCER_DEFAULTS: ProducerOptions = Object.freeze({
  sendTimeoutMs: 10_000,
  pendingBytesMax: 64 * 1024 * 1024,
  pendingCountMax: 100_000,
  messageBytesMax: 4 * 1024 * 1024,
  setBytesMax: 256 * 1024,
  setCountMax: 4096,
  requestBytesMax: 512 * 1024,
  requestsInFlightMax: 8,
  retryMsMin: 20,
  retryMsMax: 1000,
  retryUnknown: false,
  newTopicQueueCount: 4,
  selectQueue: undefined,
  bornHost: undefined,
});

const RANGES: readonly (readonly [keyof ProducerOptions, number, number])[] = [
  ['sendTimeoutMs', 1, 3_600_000],
  ['pendingBytesMax', 1, Number.MAX_SAFE_INTEGER],
  ['pendingCountMax', 1, 10_000_000],
  ['messageBytesMax', 1, 64 * 1024 * 1024],
  ['setBytesMax', 1, 64 * 1024 * 1024],
  ['setCountMax', 1, 65_535],
  ['requestBytesMax', 1, 64 * 1024 * 1024],
  ['requestsInFlightMax', 1, 1024],
  ['retryMsMin', 1, 3_600_000],
  ['retryMsMax', 1, 3_600_000],
  ['newTopicQueueCount', 1, 65_536],
];

/** Complete options from what was given. @throws {OptionsError} with every problem. */
export function resolveProducerOptions(given: ProducerSettings): ProducerOptions {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const options: ProducerOptions = { ...PRODUCER_DEFAULTS, ...set };
  const problems: OptionProblem[] = [];
  for (const [name, min, max] of RANGES) {
    const value = options[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) continue;
    problems.push({ path: `producer.${name}`, problem: `${String(value)} is not an integer in [${min}, ${max}]` });
  }
  if (options.retryMsMin > options.retryMsMax) {
    problems.push({ path: 'producer.retryMsMin', problem: 'is above producer.retryMsMax' });
  }
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze(options);
}
