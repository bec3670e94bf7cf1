import type {
  AckRequest,
  CreateTopicRequest,
  ExtendRequest,
  GroupDescription,
  NackRequest,
  ReceiveAnswer,
  ReceiveRequest,
  SetOutcome,
  SettleAnswer,
  TopicDescription,
} from '#mq-protocol';
import type { Refusal } from './refusals.js';

/** Numbers of a broker at one moment, for metrics and tests. */
export interface MessageBrokerCounters {
  readonly topicCount: number;
  readonly groupCount: number;
  /** Leases (batches, not messages) that live. */
  readonly leaseCount: number;
  readonly parkedReceiveCount: number;
  readonly pendingSendBytes: number;
  /** Deadlines of leases, delays and parked receives: zero at rest. */
  readonly deadlineCount: number;
  /** Queues that a group cannot read on, because its window past the floor is full. */
  readonly stalledQueueCount: number;
}

/**
 * The broker's brain: topics, groups, deliveries. Every method may be called at any time and concurrently; every answer is given once what it
 * says is durable. What a client did wrong, or may try again, is a refusal in the answer.
 * @throws {StoreError} any operation, when the store failed (outcome unknown) or is closed.
 */
export interface MessageBroker {
  createTopic(request: CreateTopicRequest): Promise<TopicDescription | Refusal>;
  /**
   * Stores message sets (with a zeroed broker part), all accepted ones in one entry of the log. One outcome per set, same order.
   * The buffers are filled in place during the call and the caller's again when it returned, unless a topic was still unknown: then at the answer.
   */
  send(sets: readonly Buffer[]): Promise<SetOutcome[]>;
  /** Leases messages, waiting up to `waitMs` for the first. `signal`: the caller is gone; nothing stays leased for it. */
  receive(request: ReceiveRequest, signal: AbortSignal): Promise<ReceiveAnswer | Refusal>;
  ack(request: AckRequest): Promise<SettleAnswer | Refusal>;
  nack(request: NackRequest): Promise<SettleAnswer | Refusal>;
  extend(request: ExtendRequest): Promise<SettleAnswer | Refusal>;
  describeTopic(topic: string): TopicDescription | Refusal;
  listTopics(): { readonly topics: readonly string[] };
  describeGroup(group: string, topic: string): GroupDescription | Refusal;
  listGroups(): { readonly groups: readonly { readonly group: string; readonly topic: string }[] };
  /** From now on sends and receives are refused as 'draining', parked receives answered with nothing. Acks go on. */
  drain(): void;
  /**
   * Drains, waits for what is on its way to the disk (10 s at most), and writes a snapshot. The store is closed by its owner afterwards; what
   * still waits then gets its outcome from that.
   */
  close(): Promise<void>;
  readonly counters: MessageBrokerCounters;
}
