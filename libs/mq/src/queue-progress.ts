import { type OffsetRange, OffsetRanges } from './offset-ranges.js';

/** What the log knows of one message that was delivered and not settled. */
export interface Failure {
  readonly count: number;
  /** Wall time from which it may be delivered again, ms since the Unix epoch; 0 = at once. */
  readonly visibleAtMs: number;
}

/** A group's durable progress on one queue: a function of its records, in log order. Changed by `applyRecord` only. */
export class QueueProgress {
  /** Offsets at or above the floor that are settled; never contains the floor itself. */
  readonly settled = new OffsetRanges();
  /** Failed deliveries of offsets that are not settled. */
  readonly failures = new Map<number, Failure>();
  private floorOffset: number;

  constructor(startOffset: number) {
    this.floorOffset = startOffset;
  }

  /** Everything below is settled. Never falls. */
  get floor(): number {
    return this.floorOffset;
  }

  isSettled(offset: number): boolean {
    return offset < this.floorOffset || this.settled.has(offset);
  }

  /** The delivery attempt that comes next for `offset`: 1 for the first. */
  nextAttempt(offset: number): number {
    return 1 + (this.failures.get(offset)?.count ?? 0);
  }

  settle(ranges: readonly OffsetRange[]): void {
    for (const { from, to } of ranges) {
      this.settled.add(Math.max(from, this.floorOffset), to);
      this.forgetFailures(from, to);
    }
    const floor = this.settled.nextAbsent(this.floorOffset);
    if (floor === this.floorOffset) return;
    this.settled.remove(this.floorOffset, floor);
    this.floorOffset = floor;
  }

  fail(ranges: readonly OffsetRange[], visibleAtMs: number): void {
    for (const { from, to } of ranges) {
      for (let offset = from; offset < to; offset++) {
        if (this.isSettled(offset)) continue;
        this.failures.set(offset, { count: (this.failures.get(offset)?.count ?? 0) + 1, visibleAtMs });
      }
    }
  }

  private forgetFailures(from: number, to: number): void {
    if (this.failures.size === 0) return;
    if (to - from > this.failures.size) {
      for (const offset of this.failures.keys()) if (offset >= from && offset < to) this.failures.delete(offset);
      return;
    }
    for (let offset = from; offset < to; offset++) this.failures.delete(offset);
  }
}
