import { invariant } from '#platform';

/** A half-open run of offsets: `[from, to)`. */
export interface OffsetRange {
  readonly from: number;
  readonly to: number;
}

/** A set of offsets as sorted, disjoint, non-adjacent half-open ranges. Every operation costs a binary search and a move of what follows. */
export class OffsetRanges {
  private readonly froms: number[] = [];
  private readonly tos: number[] = [];
  private total = 0;

  /** Offsets in the set. */
  get count(): number {
    return this.total;
  }

  get rangeCount(): number {
    return this.froms.length;
  }

  /** The lowest offset, or undefined when empty. */
  get first(): number | undefined {
    return this.froms[0];
  }

  has(offset: number): boolean {
    const index = this.indexAtOrBefore(offset);
    return index >= 0 && offset < this.to(index);
  }

  /** The first offset from `offset` on that is not in the set. */
  nextAbsent(offset: number): number {
    const index = this.indexAtOrBefore(offset);
    return index >= 0 && offset < this.to(index) ? this.to(index) : offset;
  }

  /** The first offset from `offset` on that is in the set, or undefined. */
  nextPresent(offset: number): number | undefined {
    const index = this.indexAtOrBefore(offset);
    if (index >= 0 && offset < this.to(index)) return offset;
    return this.froms[index + 1];
  }

  add(from: number, to: number): void {
    if (from >= to) return;
    // Ranges that touch [from, to) become one with it.
    let left = this.indexAtOrBefore(from);
    if (left < 0 || this.to(left) < from) left += 1;
    let right = left;
    let newFrom = from;
    let newTo = to;
    while (right < this.froms.length && this.from(right) <= to) {
      newFrom = Math.min(newFrom, this.from(right));
      newTo = Math.max(newTo, this.to(right));
      this.total -= this.to(right) - this.from(right);
      right += 1;
    }
    this.froms.splice(left, right - left, newFrom);
    this.tos.splice(left, right - left, newTo);
    this.total += newTo - newFrom;
  }

  remove(from: number, to: number): void {
    if (from >= to) return;
    let left = this.indexAtOrBefore(from);
    if (left < 0 || this.to(left) <= from) left += 1;
    let right = left;
    const keptFroms: number[] = [];
    const keptTos: number[] = [];
    while (right < this.froms.length && this.from(right) < to) {
      const oldFrom = this.from(right);
      const oldTo = this.to(right);
      this.total -= oldTo - oldFrom;
      this.keep(keptFroms, keptTos, oldFrom, Math.min(oldTo, from));
      this.keep(keptFroms, keptTos, Math.max(oldFrom, to), oldTo);
      right += 1;
    }
    this.froms.splice(left, right - left, ...keptFroms);
    this.tos.splice(left, right - left, ...keptTos);
  }

  /** The ranges in order, as pairs. A copy. */
  ranges(): OffsetRange[] {
    return this.froms.map((from, index) => ({ from, to: this.to(index) }));
  }

  private keep(froms: number[], tos: number[], from: number, to: number): void {
    if (from >= to) return;
    froms.push(from);
    tos.push(to);
    this.total += to - from;
  }

  /** Index of the last range that begins at or before `offset`, or -1. */
  private indexAtOrBefore(offset: number): number {
    let low = 0;
    let high = this.froms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.from(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private from(index: number): number {
    const value = this.froms[index];
    invariant(value !== undefined, 'a range index is inside the list');
    return value;
  }

  private to(index: number): number {
    const value = this.tos[index];
    invariant(value !== undefined, 'a range index is inside the list');
    return value;
  }
}

/** Ascending offsets as ranges. */
export function rangesOf(offsets: readonly number[]): OffsetRange[] {
  const ranges: OffsetRange[] = [];
  let from = -1;
  let to = -1;
  for (const offset of offsets) {
    if (offset === to) {
      to += 1;
      continue;
    }
    if (from >= 0) ranges.push({ from, to });
    from = offset;
    to = offset + 1;
  }
  if (from >= 0) ranges.push({ from, to });
  return ranges;
}
