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
