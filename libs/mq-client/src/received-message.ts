import type { BodyEncoding } from '#message-set';

/** A message as a consumer gets it. `body` shares the memory of the batch it came in: copy it to keep it long. */
export interface ReceivedMessage {
  /** 32 lower-case hex digits, made by the producer: the same in every delivery. */
  readonly messageId: string;
  readonly topic: string;
  readonly tag: string | undefined;
  readonly keys: readonly string[];
  readonly orderingKey: string | undefined;
  readonly queueId: number;
  readonly offset: number;
  /** 1 = first delivery to this group. */
  readonly deliveryAttempt: number;
  /** Wall clock of the producer and of the broker, ms since the Unix epoch. */
  readonly bornAtMs: number;
  readonly storedAtMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly traceparent: string | undefined;
  readonly body: Buffer;
  readonly bodyEncoding: BodyEncoding;
}
