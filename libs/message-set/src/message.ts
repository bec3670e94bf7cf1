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

/** What a set holds. `messages` take queue offsets; `control` carries one state record of the broker in its body and takes none; `snapshot` likewise. */
export const SET_KINDS = ['messages', 'control', 'snapshot'] as const;

/** One of `SET_KINDS`; on disk its index. */
export type SetKind = (typeof SET_KINDS)[number];

/** How the bodies block of a set is compressed, as a whole. On disk its index. Only `none` is written by version 0.1. */
export const COMPRESSIONS = ['none', 'gzip', 'brotli', 'lz4', 'snappy', 'zstd'] as const;

/** One of `COMPRESSIONS`. */
export type Compression = (typeof COMPRESSIONS)[number];

/** A set before it is bytes: 1..65535 messages of one (topic, queue). */
export interface MessageSetDraft {
  readonly kind: SetKind;
  /** Up to 127 bytes; empty for control sets that belong to no topic. */
  readonly topic: string;
  /** In [0, 65535]. */
  readonly queueId: number;
  /** 0 = no producer identity; else a safe integer. */
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Sequence of the first message, per producer and queue, u32; the others follow. */
  readonly firstSequence: number;
  readonly messages: readonly MessageDraft[];
}
