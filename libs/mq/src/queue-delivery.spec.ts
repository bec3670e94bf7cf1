import fc from 'fast-check';
import { QueueDelivery } from './queue-delivery.js';
import { QueueProgress } from './queue-progress.js';
import { type LeasedSpan, RECEIPT_SPAN_COUNT_MAX } from './receipt.js';

const WINDOW = 24;
const OFFSET_COUNT = 60;
const OFFSETS = Array.from({ length: OFFSET_COUNT }, (_, offset) => offset);

/** Plain sets that say what a `QueueDelivery` must answer. */
class Model {
  readonly progress = new QueueProgress(0);
  readonly delivery = new QueueDelivery(0, this.progress, WINDOW);
  private readonly settled = new Set<number>();
  private readonly occupied = new Set<number>();
  private readonly failureCounts = new Map<number, number>();

  take(countMax: number, endOffset: number): void {
    const free = this.free(endOffset);
    const inReach = free.filter((offset) => offset < (free[0] ?? 0) + 4 * countMax).slice(0, countMax);
    const spans = this.delivery.take(countMax, endOffset);
    expect(spans).toEqual(this.spansOf(inReach));
    for (const offset of inReach) this.occupied.add(offset);
  }

  /** What became of the message that is `pick`th among the occupied ones. */
  end(pick: number, how: 'release' | 'fail' | 'settle'): void {
    const offset = [...this.occupied][pick % Math.max(1, this.occupied.size)];
    if (offset === undefined) return;
    const range = [{ from: offset, to: offset + 1 }];
    if (how === 'settle') {
      this.progress.settle(range);
      this.settled.add(offset);
    } else if (how === 'fail') {
      this.progress.fail(range, 0);
      this.failureCounts.set(offset, (this.failureCounts.get(offset) ?? 0) + 1);
    }
    this.delivery.release(offset, offset + 1);
    this.occupied.delete(offset);
  }

  occupy(from: number): void {
    if (this.occupied.has(from) || this.settled.has(from)) return;
    this.delivery.occupy(from, from + 1);
    this.occupied.add(from);
  }

  check(endOffset: number): void {
    const limit = this.floor() + WINDOW;
    const isWindowUsed = this.free(limit).length === 0;
    expect(this.delivery.isStalled(endOffset)).toBe(isWindowUsed && endOffset > limit);
    expect(this.delivery.hasFree(endOffset)).toBe(this.free(endOffset).length > 0);
    expect(this.delivery.isStalled(endOffset)).toBe(isWindowUsed && endOffset > limit);
    const wrong = OFFSETS.filter((offset) => this.delivery.isOccupied(offset) !== this.occupied.has(offset));
    expect(wrong).toEqual([]);
  }

  private floor(): number {
    let floor = 0;
    while (this.settled.has(floor)) floor += 1;
    return floor;
  }

  private free(endOffset: number): number[] {
    const free: number[] = [];
    for (let offset = this.floor(); offset < Math.min(endOffset, this.floor() + WINDOW); offset++) {
      if (!this.settled.has(offset) && !this.occupied.has(offset)) free.push(offset);
    }
    return free;
  }

  /** Offsets as the longest spans of equal attempt. */
  private spansOf(offsets: readonly number[]): LeasedSpan[] {
    const spans: LeasedSpan[] = [];
    for (const offset of offsets) {
      const attempt = 1 + (this.failureCounts.get(offset) ?? 0);
      const last = spans.at(-1);
      if (last?.to === offset && last.attempt === attempt) spans[spans.length - 1] = { ...last, to: offset + 1 };
      else spans.push({ from: offset, to: offset + 1, attempt });
    }
    return spans;
  }
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 1, max: 8 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('release' as const, 'fail' as const, 'settle' as const),
      count: fc.nat(99),
    }),
  },
  fc.record({ kind: fc.constant('occupy' as const), count: fc.nat(OFFSET_COUNT - 1) }),
);

describe('what a group may be given from a queue', () => {
  it('is what plain sets of settled and occupied offsets say, in the longest spans of equal attempt', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.nat(OFFSET_COUNT)), { maxLength: 60 }), (steps) => {
        const model = new Model();
        for (const [{ kind, count }, endOffset] of steps) {
          if (kind === 'take') model.take(count, endOffset);
          else if (kind === 'occupy') model.occupy(count);
          else model.end(count, kind);
          model.check(endOffset);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is at most as many spans as one receipt holds', () => {
    const progress = new QueueProgress(0);
    for (let offset = 1; offset < 200; offset += 2) progress.settle([{ from: offset, to: offset + 1 }]);
    const spans = new QueueDelivery(0, progress, 1000).take(100, 200);
    expect(spans).toHaveLength(RECEIPT_SPAN_COUNT_MAX);
    expect(spans.at(-1)?.from).toBe(2 * (RECEIPT_SPAN_COUNT_MAX - 1));
  });
});

describe('a queue whose window is used up', () => {
  it('is stalled while messages lie behind the window, and not when there are none', () => {
    const delivery = new QueueDelivery(0, new QueueProgress(0), 4);
    delivery.take(4, 4);
    expect(delivery.isStalled(4)).toBe(false);
    expect(delivery.isStalled(5)).toBe(true);
    delivery.progress.settle([{ from: 0, to: 1 }]);
    expect(delivery.isStalled(5)).toBe(false);
  });
});
