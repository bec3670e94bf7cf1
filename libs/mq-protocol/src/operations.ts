/** Routes of the broker's remote operations, one per concern. The controllers of apps/broker and the clients share this list. */
export const MQ_ROUTES = {
  send: 'mq.send',
  receive: 'mq.receive',
  ack: 'mq.ack',
  nack: 'mq.nack',
  extend: 'mq.extend',
  createTopic: 'mq.topic.create',
  describeTopic: 'mq.topic.describe',
  listTopics: 'mq.topic.list',
  describeGroup: 'mq.group.describe',
  listGroups: 'mq.group.list',
} as const;

/** When a send is answered. `fsync` (default): after its bytes are on the disk. Weaker modes arrive with their own names. */
export type FlushMode = 'fsync';

/** What became of one message set of a send. Offsets are those of the set's first message; the others follow it one by one. */
export type SetOutcome =
  | {
      readonly kind: 'placed';
      readonly topic: string;
      readonly queueId: number;
      readonly baseOffset: number;
      readonly storedAtMs: number;
    }
  /** Certainly not stored. `retryable`: the same set may be accepted later (back-pressure). */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string; readonly retryable: boolean };

/** Why the broker refused an operation. Closed list; see docs/ERRORS.md. */
export type RefusalCode =
  | 'unknown-topic'
  | 'unknown-queue'
  | 'unknown-group'
  | 'bad-name'
  | 'bad-set'
  | 'too-large'
  | 'disk-full'
  | 'overloaded'
  | 'draining'
  | 'topic-exists'
  | 'bad-request';

/** Where a group starts on a queue that it never read: at the oldest message or after the newest. Fixed, durably, at the group's first receive. */
export type StartFrom = 'earliest' | 'latest';

/** Asks for messages under a lease. */
export interface ReceiveRequest {
  readonly group: string;
  readonly topic: string;
  /** One queue, or any that has messages (-1). */
  readonly queueId: number;
  readonly messageCountMax: number;
  readonly bytesMax: number;
  /** Long poll: how long to wait for a first message, in ms; 0 = answer at once. */
  readonly waitMs: number;
  /** How long the messages stay invisible to others, in ms. */
  readonly visibilityMs: number;
  /** Identifies this attempt: repeating it (answer lost) gets the same batch again while its lease lives. Unique text up to 64 characters. */
  readonly attemptId: string;
  readonly startFrom: StartFrom;
}

/** One run of stored messages, with the offsets of it that are leased to the receiver. */
export interface LeasedRun {
  readonly queueId: number;
  /** Proves the lease in ack, nack and extend: opaque text, bound to group, topic, queue, offsets, delivery and broker epoch. */
  readonly receipt: string;
  /** Leased offsets, ascending, and for each the delivery attempt (1 = first). Other offsets of `sets` are not the receiver's. */
  readonly offsets: readonly number[];
  readonly attempts: readonly number[];
  /** Whole message sets as stored (broker part and client part), covering `offsets`, ascending. */
  readonly sets: readonly Buffer[];
  /** Store time of each set, ms since the Unix epoch; same order as `sets`. */
  readonly storedAtMs: readonly number[];
}

/** Answer to a receive: empty `runs` after `waitMs` without a message. */
export interface ReceiveAnswer {
  readonly runs: readonly LeasedRun[];
}

/** Names leased messages by their receipt: all of `offsets` or none are known to it. */
export interface ReceiptItem {
  readonly queueId: number;
  readonly receipt: string;
  readonly offsets: readonly number[];
}

/** Settles messages as done. Answered after the record of it is durable. */
export interface AckRequest {
  readonly group: string;
  readonly topic: string;
  readonly items: readonly ReceiptItem[];
}

/** Gives messages back, visible again after `delayMs`; counts as a failed attempt. */
export interface NackRequest extends AckRequest {
  readonly delayMs: number;
}

/** Keeps messages invisible for `visibilityMs` from now; the receipt stays the same. */
export interface ExtendRequest extends AckRequest {
  readonly visibilityMs: number;
}

/** What became of each item, same order. `stale`: the lease had passed to another delivery, nothing was settled. */
export interface SettleAnswer {
  readonly outcomes: readonly ('settled' | 'stale' | 'unknown')[];
}

/** Makes a topic. Names match `[A-Za-z0-9_.%-]{1,127}` and do not start with a dot. */
export interface CreateTopicRequest {
  readonly topic: string;
  readonly queueCount: number;
}

/** One topic and the offsets of its queues (first readable offset; offset after the last confirmed message). */
export interface TopicDescription {
  readonly topic: string;
  readonly queueCount: number;
  readonly queues: readonly { readonly queueId: number; readonly startOffset: number; readonly endOffset: number }[];
}

/** A group's progress on a topic. `floorOffset`: everything below is settled. Lag counts messages not settled. */
export interface GroupDescription {
  readonly group: string;
  readonly topic: string;
  readonly queues: readonly {
    readonly queueId: number;
    readonly floorOffset: number;
    readonly endOffset: number;
    readonly inFlightCount: number;
    readonly lagCount: number;
  }[];
}
