import type { StartFrom } from '#mq-protocol';
import type { OffsetRange } from './offset-ranges.js';

/** Offsets of one queue that a record speaks of; ascending and disjoint. */
export interface QueueRanges {
  readonly queueId: number;
  readonly ranges: readonly OffsetRange[];
}

/** A topic exists from here on. */
export interface TopicCreated {
  readonly kind: 'topic-created';
  readonly topic: string;
  readonly queueCount: number;
}

/** A group begins to read a topic, at `startOffsets` (by queue id). */
export interface GroupCreated {
  readonly kind: 'group-created';
  readonly group: string;
  readonly topic: string;
  readonly startFrom: StartFrom;
  readonly startOffsets: readonly number[];
}

/** A group is done with messages. */
export interface Acked {
  readonly kind: 'acked';
  readonly group: string;
  readonly topic: string;
  readonly queues: readonly QueueRanges[];
}

/** One delivery of each message failed (nack, or the lease expired); it may be delivered again from `visibleAtMs` (wall clock; 0 = at once). */
export interface Failed {
  readonly kind: 'failed';
  readonly group: string;
  readonly topic: string;
  readonly visibleAtMs: number;
  readonly queues: readonly QueueRanges[];
}

/** The secret that makes receipts unguessable; one per log. */
export interface ReceiptKey {
  readonly kind: 'receipt-key';
  readonly key: Buffer;
}

/** What changes the broker's state. Records are facts: they are applied in log order without being judged again. */
export type StateRecord = TopicCreated | GroupCreated | Acked | Failed | ReceiptKey;
