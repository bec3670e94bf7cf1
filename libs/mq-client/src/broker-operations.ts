import type {
  AckRequest,
  ExtendRequest,
  NackRequest,
  ReceiveAnswer,
  ReceiveRequest,
  SetOutcome,
  SettleAnswer,
  TopicDescription,
} from '#mq-protocol';

/** The broker's remote operations, as producer and consumer need them. @throws {MqError} every method, refusals included. */
export interface BrokerOperations {
  /** Stores the encoded sets; one outcome per set, same order. Refusals of single sets are outcomes, not errors. */
  send(sets: readonly Buffer[], timeoutMs: number): Promise<readonly SetOutcome[]>;
  /** Long-polls; aborting `signal` cancels the wait. */
  receive(request: ReceiveRequest, timeoutMs: number, signal: AbortSignal): Promise<ReceiveAnswer>;
  ack(request: AckRequest, timeoutMs: number): Promise<SettleAnswer>;
  nack(request: NackRequest, timeoutMs: number): Promise<SettleAnswer>;
  extend(request: ExtendRequest, timeoutMs: number): Promise<SettleAnswer>;
  describeTopic(topic: string, timeoutMs: number): Promise<TopicDescription>;
}
