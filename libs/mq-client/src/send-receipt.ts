import type { FlushMode } from '#mq-protocol';

/** What was promised when the send was answered: `fsync` = the bytes are on the disk; `copies` = on how many brokers. */
export interface Durability {
  readonly flush: FlushMode;
  readonly copies: number;
}

/** The proof of a send: where the message is, and how safely. */
export interface SendReceipt {
  readonly kind: 'placed';
  readonly messageId: string;
  readonly topic: string;
  readonly queueId: number;
  readonly offset: number;
  readonly durability: Durability;
}

/** The durability of every receipt of this version. Shared, so that a receipt costs one object. */
export const FSYNCED_ONCE: Durability = Object.freeze({ flush: 'fsync', copies: 1 });
