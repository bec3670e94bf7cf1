/** Names leased messages by their receipt: all of `offsets` or none are known to it. */
export interface ReceiptItem {
  readonly queueId: number;
  readonly receipt: string;
  readonly offsets: readonly number[];
}

/** Settles messages as done. Answered after the record of it is durable. */
export interface AckRequest {
  readonly group: string;
  readonly topic: string;
  readonly items: readonly ReceiptItem[];
}

/** Gives messages back, visible again after `delayMs`. */
export interface NackRequest extends AckRequest {
  readonly delayMs: number;
  /** False: nobody tried to handle them (a consumer that stops), so the attempt is not counted, and a restart of the broker forgets the delay. Absent = true. */
  readonly countsAsFailure?: boolean;
}

/** Keeps messages invisible for `visibilityMs` from now; the receipt stays the same. */
export interface ExtendRequest extends AckRequest {
  readonly visibilityMs: number;
}

/** What became of each item, same order. `stale`: the lease had passed to another delivery, nothing was settled. */
export interface SettleAnswer {
  readonly outcomes: readonly ('settled' | 'stale' | 'unknown')[];
}
