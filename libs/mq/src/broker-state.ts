import type { StartFrom } from '#mq-protocol';
import type { QueueProgress } from './queue-progress.js';

/** A topic as the log knows it. */
export interface TopicState {
  readonly topic: string;
  readonly queueCount: number;
}

/** A group on one topic, as the log knows it. */
export interface GroupState {
  readonly group: string;
  readonly topic: string;
  readonly startFrom: StartFrom;
  /** By queue id. */
  readonly queues: readonly QueueProgress[];
}

/** Everything that the broker knows for good: a function of the confirmed records, in log order. Changed by `applyRecord` only. */
export interface BrokerState {
  /** Key of the receipts; undefined until the first group was made. */
  receiptKey: Buffer | undefined;
  readonly topics: Map<string, TopicState>;
  /** By `groupKey`. */
  readonly groups: Map<string, GroupState>;
}

/** A broker that has seen no record. */
export function emptyState(): BrokerState {
  return { receiptKey: undefined, topics: new Map(), groups: new Map() };
}

/** The key of a group on a topic; names have no slash. */
export function groupKey(group: string, topic: string): string {
  return `${group}/${topic}`;
}
