import type { OutgoingMessage } from '../outgoing-message.js';
import type { SendReceipt } from '../send-receipt.js';

/** What a producer did since it was made, in messages; `requestCount` in requests. */
export interface ProducerCounts {
  readonly placedCount: number;
  /** Certainly not stored. */
  readonly failedCount: number;
  /** Perhaps stored. */
  readonly unknownCount: number;
  /** One-way sends among the failed and unknown ones: nobody else heard of them. */
  readonly unseenFailureCount: number;
  readonly requestCount: number;
  readonly retriedSetCount: number;
  readonly pendingCount: number;
  readonly pendingBytes: number;
}

/** Sends messages. What is sent while requests are on the way is gathered into the next one; nothing ever waits for a timer. */
export interface Producer {
  /**
   * Resolves when the message is durable. @throws {MqError} (rejects) with `outcome` 'failed': certainly not stored, or 'unknown': perhaps stored.
   * What certainly was not stored and may succeed later is sent again within the send timeout; 'unknown' is not, unless `retryUnknown` is set.
   */
  send(message: OutgoingMessage): Promise<SendReceipt>;
  /** All in one message set, so all or none, in one queue. One topic, and one ordering key or none. @throws {MqError} as `send`; 'bad-message' for a mixture. */
  sendBatch(messages: readonly OutgoingMessage[]): Promise<readonly SendReceipt[]>;
  /** Sends without telling what became of it; failures are counted. @throws {MqError} at once if the message cannot be accepted. */
  sendOneway(message: OutgoingMessage): void;
  counts(): ProducerCounts;
  /** Refuses new sends with 'closed', and resolves when the accepted ones are settled (bounded by their timeouts). May be called twice. */
  close(): Promise<void>;
}
