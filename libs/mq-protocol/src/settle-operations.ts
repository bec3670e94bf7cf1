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

/** Gives messages back, visible again after `delayMs`; counts as a failed attempt. */
export interface NackRequest extends AckRequest {
  readonly delayMs: number;
}

/** Keeps messages invisible for `visibilityMs` from now; the receipt stays the same. */
export interface ExtendRequest extends AckRequest {
  readonly visibilityMs: number;
}

/** What became of each item, same order. `stale`: the lease had passed to another delivery, nothing was settled. */
export interface SettleAnswer {
  readonly outcomes: readonly ('settled' | 'stale' | 'unknown')[];
}
