import type { ReceivedMessage } from '../received-message.js';

/** What a handler can do with its message besides returning (acknowledges) and throwing (gives it back with backoff). The first settling wins. */
export interface Delivery {
  /** Aborted when the lease was lost or the consumer stops waiting. Made on first use. */
  readonly signal: AbortSignal;
  /** Acknowledges now; what the handler does later changes nothing. False = it was settled before. */
  ack(): boolean;
  /** Gives the message back, to be delivered again after `delayMs` (absent: by the backoff of its attempt). False = it was settled before. */
  retry(delayMs?: number): boolean;
  /** Keeps the message for `leaseMs` from now. The background does this by itself; use it before work that blocks the process. False = the lease is lost. */
  extendLease(leaseMs: number): Promise<boolean>;
}

/** Handles one message. Resolving acknowledges, rejecting gives back; see `RetryLater`, `DeadLetter` and `Skip`. */
export type MessageHandler = (message: ReceivedMessage, delivery: Delivery) => unknown;

/** What a consumer did since it was made, in messages. */
export interface ConsumerCounts {
  readonly receivedCount: number;
  readonly ackedCount: number;
  /** Given back: failed, asked for a retry, or not started when the consumer stopped. */
  readonly nackedCount: number;
  /** Handlers that threw something else than `RetryLater` and `Skip`. */
  readonly failedCount: number;
  /** Acknowledged unseen because of their tag. */
  readonly filteredCount: number;
  /** Settled too late: the message is delivered again, elsewhere or here. */
  readonly staleCount: number;
  /** Dropped unstarted because their lease had ended, and settlements that could not be delivered within the lease. */
  readonly lostCount: number;
  readonly extendedCount: number;
  readonly bufferedCount: number;
  readonly runningCount: number;
}

/** One member of a group. Delivery is at least once: a handler may see a message again. */
export interface Consumer {
  /** Begins to receive. Never fails: while no broker is there it keeps trying. */
  start(): void;
  /** Starts no handler and receives nothing until `resume`; what is held stays leased. */
  pause(): void;
  resume(): void;
  counts(): ConsumerCounts;
  /**
   * Receives no more, gives back what was not started (others continue at once), waits for running handlers up to `shutdownTimeoutMs`, settles.
   * What still runs then has its signal aborted, and its lease runs out. May be called twice.
   */
  stop(): Promise<void>;
}
