import type { Clock, Timer } from '#platform';

/** Something with an instant at which it must be looked at. */
export interface Due {
  /** Monotonic ms. Changed only through `Deadlines.set`. */
  dueMs: number;
  /** Place in the heap, -1 outside. For `Deadlines` only. */
  heapIndex: number;
  /** Called once, outside the heap, at or after `dueMs`. */
  expire(): void;
}

/** Deadlines of leases, delays and parked receives, under one timer: a binary heap whose items know their place, so that an ack takes its lease out at once. */
export class Deadlines {
  private readonly heap: Due[] = [];
  private timer: Timer | undefined;
  private timerDueMs = Number.POSITIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  get count(): number {
    return this.heap.length;
  }

  /** Adds `item` or moves it. */
  set(item: Due, dueMs: number): void {
    item.dueMs = dueMs;
    if (item.heapIndex < 0) {
      item.heapIndex = this.heap.length;
      this.heap.push(item);
    }
    this.sink(item, this.rise(item));
    this.arm();
  }

  /** Forgets `item`; no matter if it is not there. */
  remove(item: Due): void {
    const at = item.heapIndex;
    if (at < 0) return;
    item.heapIndex = -1;
    const last = this.heap.pop();
    if (last !== undefined && last !== item) {
      last.heapIndex = at;
      this.heap[at] = last;
      this.sink(last, this.rise(last));
    }
    if (this.heap.length === 0) this.disarm();
  }

  /** Forgets everything; nothing expires any more. */
  clear(): void {
    for (const item of this.heap) item.heapIndex = -1;
    this.heap.length = 0;
    this.disarm();
  }

  private sweep(): void {
    this.timer = undefined;
    this.timerDueMs = Number.POSITIVE_INFINITY;
    const nowMs = this.clock.monotonicMs();
    for (let first = this.heap[0]; first !== undefined && first.dueMs <= nowMs; first = this.heap[0]) {
      this.remove(first);
      first.expire();
    }
    this.arm();
  }

  private arm(): void {
    const first = this.heap[0];
    // A timer that is too early costs one look; a later deadline does not touch it.
    if (first === undefined || first.dueMs >= this.timerDueMs) return;
    this.timer?.cancel();
    this.timerDueMs = first.dueMs;
    this.timer = this.clock.schedule(Math.max(0, first.dueMs - this.clock.monotonicMs()), () => this.sweep());
    this.timer.unref();
  }

  private disarm(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.timerDueMs = Number.POSITIVE_INFINITY;
  }

  private rise(item: Due): number {
    let at = item.heapIndex;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.heap[parentAt];
      if (parent === undefined || parent.dueMs <= item.dueMs) break;
      this.place(parent, at);
      at = parentAt;
    }
    this.place(item, at);
    return at;
  }

  private sink(item: Due, from: number): void {
    let at = from;
    for (;;) {
      let childAt = 2 * at + 1;
      let child = this.heap[childAt];
      if (child === undefined) break;
      const right = this.heap[childAt + 1];
      if (right !== undefined && right.dueMs < child.dueMs) {
        child = right;
        childAt += 1;
      }
      if (child.dueMs >= item.dueMs) break;
      this.place(child, at);
      at = childAt;
    }
    this.place(item, at);
  }

  private place(item: Due, at: number): void {
    this.heap[at] = item;
    item.heapIndex = at;
  }
}
