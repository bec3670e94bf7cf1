import type { MessageDraft } from './message.js';

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
