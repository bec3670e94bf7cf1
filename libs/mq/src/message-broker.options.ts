import { type OptionProblem, OptionsError } from '#platform';

const KIB = 1024;
const MIB = 1024 * KIB;

/** What the queue's brain can be told. All have defaults. */
export interface MessageBrokerOptions {
  /** Makes an unknown topic on the first send to it or receive from it. Default true. */
  readonly autoCreateTopics: boolean;
  /** Queues of a topic that is made by itself. Default 4. */
  readonly defaultQueueCount: number;
  /** Largest body of one message in bytes. Default 4 MiB. */
  readonly messageBytesMax: number;
  /** Largest message set in bytes. Default 8 MiB. */
  readonly setBytesMax: number;
  /** Bytes of sends that wait for the disk; beyond, sends are refused as 'overloaded'. Default 64 MiB. */
  readonly pendingSendBytesMax: number;
  /** Topics; beyond, new ones are refused as 'overloaded'. Default 10,000. */
  readonly topicCountMax: number;
  /** Pairs of group and topic; beyond, new ones are refused as 'overloaded'. Default 10,000. */
  readonly groupCountMax: number;
  /** Queues of one topic. Default 1,024. */
  readonly queueCountMax: number;
  /** How far past the oldest unsettled message a group may read a queue, in messages; beyond, the queue stalls for it, with a warning. Default 100,000. */
  readonly windowOffsetCount: number;
  /** Bytes of stored sets in one answer to a receive, whatever it asks for; a first set that is larger comes alone. Must fit a frame of the transport. Default 8 MiB. */
  readonly receiveBytesMax: number;
  /** Receives that wait for messages; beyond, receives are refused as 'overloaded'. Default 10,000. */
  readonly parkedReceiveCountMax: number;
  /** Receive attempts that are remembered, so that a repeat gets the same batch; beyond, the oldest is forgotten (a repeat then gets other messages). Default 10,000. */
  readonly attemptCountMax: number;
  /** Bytes of log after which the state is written as a snapshot, so that replay stays short. Default 64 MiB. */
  readonly snapshotEveryBytes: number;
}

const DEFAULTS: MessageBrokerOptions = {
  autoCreateTopics: true,
  defaultQueueCount: 4,
  messageBytesMax: 4 * MIB,
  setBytesMax: 8 * MIB,
  pendingSendBytesMax: 64 * MIB,
  topicCountMax: 10_000,
  groupCountMax: 10_000,
  queueCountMax: 1_024,
  windowOffsetCount: 100_000,
  receiveBytesMax: 8 * MIB,
  parkedReceiveCountMax: 10_000,
  attemptCountMax: 10_000,
  snapshotEveryBytes: 64 * MIB,
};

type NumberOption = Exclude<keyof MessageBrokerOptions, 'autoCreateTopics'>;

const RANGES: readonly [NumberOption, number, number][] = [
  ['defaultQueueCount', 1, 65_536],
  ['messageBytesMax', 1, 64 * MIB],
  ['setBytesMax', 1, 64 * MIB],
  ['pendingSendBytesMax', 1, 16 * 1024 * MIB],
  ['topicCountMax', 1, 1_000_000],
  ['groupCountMax', 1, 1_000_000],
  ['queueCountMax', 1, 65_536],
  ['windowOffsetCount', 1, 10_000_000],
  ['receiveBytesMax', 1, 64 * MIB],
  ['parkedReceiveCountMax', 1, 1_000_000],
  ['attemptCountMax', 1, 1_000_000],
  ['snapshotEveryBytes', 64 * KIB, Number.MAX_SAFE_INTEGER],
];

/** Completes and checks the options. @throws {OptionsError} with every problem found. */
export function resolveMessageBrokerOptions(given: Partial<MessageBrokerOptions> = {}): MessageBrokerOptions {
  const options = { ...DEFAULTS, ...given };
  const problems: OptionProblem[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(DEFAULTS, name)) problems.push({ path: `mq.${name}`, problem: 'there is no such option' });
  }
  if (typeof options.autoCreateTopics !== 'boolean') {
    problems.push({ path: 'mq.autoCreateTopics', problem: 'true or false is expected' });
  }
  for (const [name, min, max] of RANGES) {
    const value = options[name];
    if (Number.isSafeInteger(value) && value >= min && value <= max) continue;
    problems.push({ path: `mq.${name}`, problem: `${value} is not an integer in [${min}, ${max}]` });
  }
  if (options.defaultQueueCount > options.queueCountMax) {
    problems.push({ path: 'mq.defaultQueueCount', problem: `above mq.queueCountMax, ${options.queueCountMax}` });
  }
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze(options);
}
