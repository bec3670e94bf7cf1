import { invariant } from '#platform';
import { OffsetRanges } from './offset-ranges.js';
import type { QueueProgress } from './queue-progress.js';
import { type LeasedSpan, RECEIPT_SPAN_COUNT_MAX } from './receipt.js';

/** A take looks at most this many offsets ahead per message asked for, so that one read serves it. */
const SPREAD_FACTOR = 4;

/**
 * What one group may be given from one queue now. An offset in the window is settled (the log says so), occupied (leased, delayed, or on its way
 * into a record), or free; only free ones are taken, and taking makes them occupied at once, so no offset is ever leased twice at a time.
 */
export class QueueDelivery {
  /** Volatile; offsets that must not be given to anybody now. */
  private readonly occupied = new OffsetRanges();
  /** No free offset lies below. */
  private searchFrom: number;
  /** Bytes of a stored message, a moving average: how much to read for a number of messages. */
  averageBytes = 1024;
  /** Messages that receivers have under a lease. */
  leasedCount = 0;

  constructor(
    readonly queueId: number,
    readonly progress: QueueProgress,
    private readonly windowOffsetCount: number,
  ) {
    this.searchFrom = progress.floor;
  }

  /** Takes up to `countMax` free offsets below `endOffset`, lowest first, as spans of equal attempt. Empty when there is none. */
  take(countMax: number, endOffset: number): LeasedSpan[] {
    const limit = Math.min(endOffset, this.progress.floor + this.windowOffsetCount);
    let offset = this.nextFree(this.searchFrom);
    this.searchFrom = offset;
    const readLimit = Math.min(limit, offset + countMax * SPREAD_FACTOR);
    const spans: LeasedSpan[] = [];
    let leftCount = countMax;
    while (leftCount > 0 && offset < readLimit && spans.length < RECEIPT_SPAN_COUNT_MAX) {
      const span = this.spanAt(offset, Math.min(readLimit, offset + leftCount));
      spans.push(span);
      leftCount -= span.to - span.from;
      offset = this.nextFree(span.to);
    }
    for (const { from, to } of spans) this.occupied.add(from, to);
    return spans;
  }

  hasFree(endOffset: number): boolean {
    this.searchFrom = this.nextFree(this.searchFrom);
    return this.searchFrom < Math.min(endOffset, this.progress.floor + this.windowOffsetCount);
  }

  /** Messages lie behind the window, which is full: nothing moves until the floor does. */
  isStalled(endOffset: number): boolean {
    const next = this.nextFree(this.searchFrom);
    return next >= this.progress.floor + this.windowOffsetCount && endOffset > next;
  }

  isOccupied(offset: number): boolean {
    return this.occupied.has(offset);
  }

  /** Keeps free offsets from being taken. */
  occupy(from: number, to: number): void {
    this.occupied.add(from, to);
  }

  /** Makes offsets free again, or, if the log has settled them by now, forgets them. */
  release(from: number, to: number): void {
    this.occupied.remove(from, to);
    this.searchFrom = Math.min(this.searchFrom, from);
  }

  private nextFree(from: number): number {
    let offset = Math.max(from, this.progress.floor);
    for (;;) {
      const next = this.occupied.nextAbsent(this.progress.settled.nextAbsent(offset));
      if (next === offset) return offset;
      offset = next;
    }
  }

  /** The longest run of free offsets of equal attempt that begins at the free offset `from`. */
  private spanAt(from: number, limit: number): LeasedSpan {
    const { settled, failures } = this.progress;
    const attempt = this.progress.nextAttempt(from);
    let to = Math.min(limit, settled.nextPresent(from) ?? limit, this.occupied.nextPresent(from) ?? limit);
    if (failures.size > 0) {
      let end = from + 1;
      while (end < to && this.progress.nextAttempt(end) === attempt) end += 1;
      to = end;
    }
    invariant(to > from, 'a free offset makes a span');
    return { from, to, attempt };
  }
}
