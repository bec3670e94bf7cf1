/** What a message is for. `normal` today; the others are stored and shown, their behaviour comes with the feature. */
export const MESSAGE_TYPES = ['normal', 'ordered', 'delayed', 'transactional', 'retry-reference'] as const;

/** One of `MESSAGE_TYPES`; on disk its index. */
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** How one body is encoded, so that a consumer can decode it without asking. On disk its index. */
export const BODY_ENCODINGS = ['raw', 'json', 'msgpack', 'protobuf'] as const;

/** One of `BODY_ENCODINGS`. */
export type BodyEncoding = (typeof BODY_ENCODINGS)[number];

/** A message before it has a place in a queue. Strings are UTF-8, each up to 64 KiB - 1 bytes; tag up to 255 bytes. */
export interface MessageDraft {
  /** 32 lower-case hex digits (16 bytes), unique for ever; made by the producer. */
  readonly messageId: string;
  readonly type: MessageType;
  readonly tag?: string | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly orderingKey?: string | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** Producer's wall clock, ms since the Unix epoch. */
  readonly bornAtMs: number;
  readonly bornHost?: string | undefined;
  readonly deliverAtMs?: number | undefined;
  readonly expiresAtMs?: number | undefined;
  readonly transactionId?: string | undefined;
  readonly bodyEncoding: BodyEncoding;
  /** W3C traceparent text. */
  readonly traceparent?: string | undefined;
  /** Fields of newer producers, kept as they came: number in [1, 65535] -> bytes. */
  readonly extensions?: ReadonlyMap<number, Uint8Array> | undefined;
  readonly body: Uint8Array;
}
