import type { Due } from './deadlines.js';
import type { GroupDelivery } from './group-delivery.js';
import type { QueueDelivery } from './queue-delivery.js';
import type { LeasedSpan } from './receipt.js';

/** What became of one leased message: still the receiver's, in a record that is not durable yet, done with, or given back. */
export const LEASED = { open: 0, settling: 1, settled: 2, returned: 3 } as const;

type LeasedMark = (typeof LEASED)[keyof typeof LEASED];

/** Messages of one queue that one receive got: one object, one deadline and one byte per message, whatever their number. */
export class Lease implements Due {
  dueMs = Number.POSITIVE_INFINITY;
  heapIndex = -1;
  receipt = '';
  isExpired = false;
  private readonly marks: Uint8Array;
  private busyCount: number;

  constructor(
    readonly group: GroupDelivery,
    readonly queue: QueueDelivery,
    readonly spans: readonly LeasedSpan[],
    private readonly onExpired: (lease: Lease) => void,
  ) {
    let count = 0;
    for (const { from, to } of spans) count += to - from;
    this.marks = new Uint8Array(count);
    this.busyCount = count;
  }

  get count(): number {
    return this.marks.length;
  }

  /** Nothing is open or settling any more. */
  get isOver(): boolean {
    return this.busyCount === 0;
  }

  expire(): void {
    this.isExpired = true;
    this.onExpired(this);
  }

  /** Place of `offset` in this lease, or -1. */
  indexOf(offset: number): number {
    let before = 0;
    for (const { from, to } of this.spans) {
      if (offset < from) return -1;
      if (offset < to) return before + offset - from;
      before += to - from;
    }
    return -1;
  }

  markOf(offset: number): number {
    return this.marks[this.indexOf(offset)] ?? LEASED.returned;
  }

  /** Moves one message on. The caller keeps to: open -> settling -> settled, returned or open again. */
  mark(offset: number, to: LeasedMark): void {
    const index = this.indexOf(offset);
    const wasBusy = (this.marks[index] ?? LEASED.returned) <= LEASED.settling;
    const isBusy = to <= LEASED.settling;
    this.marks[index] = to;
    this.busyCount += Number(isBusy) - Number(wasBusy);
  }

  /** Offsets that are still the receiver's, ascending. */
  openOffsets(): number[] {
    const open: number[] = [];
    let index = 0;
    for (const { from, to } of this.spans) {
      for (let offset = from; offset < to; offset++) if (this.marks[index++] === LEASED.open) open.push(offset);
    }
    return open;
  }

  attemptOf(offset: number): number {
    for (const { from, to, attempt } of this.spans) if (offset >= from && offset < to) return attempt;
    return 1;
  }
}
