import type { BodyEncoding } from '#message-set';

/** A message as a sender describes it. The body is not copied: it must not change until the send settled. */
export interface OutgoingMessage {
  readonly topic: string;
  /** What kind of message it is within the topic; up to 255 bytes of UTF-8. Consumers select by it. */
  readonly tag?: string | undefined;
  /** Business keys to find the message by; each up to 64 KiB - 1 bytes. */
  readonly keys?: readonly string[] | undefined;
  /** Messages with the same ordering key go to the same queue, in the order they were sent. */
  readonly orderingKey?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** W3C traceparent text. */
  readonly traceparent?: string | undefined;
  readonly body: Uint8Array;
  readonly bodyEncoding: BodyEncoding;
}
