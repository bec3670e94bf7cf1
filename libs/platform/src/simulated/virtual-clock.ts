import type { Clock, Timer } from '../clock.js';
import { invariant } from '../invariant.js';
import { sleepOn } from '../sleep-on.js';

/** Taken when the module is loaded, so that a test's fake timers cannot stop the virtual clock. */
const realImmediate = setImmediate;

/** Turns of the real event loop that count as "nothing more will happen by itself". One drains every microtask; the second is for code that hops. */
const QUIET_TURN_COUNT = 2;

/** More turns than this at one virtual instant is a loop that never waits. */
const TURN_COUNT_MAX = 100_000;

/**
 * A clock that moves only when told to: the same program gives the same history every time.
 *
 * `advance` runs what is due in order of time, then of scheduling, and lets all promises settle between two tasks.
 * `afterIo` tasks run at the present virtual instant, by themselves, without `advance`.
 */
export class VirtualClock implements Clock {
  private nowMs = 0;
  private sequence = 0;
  private advancing = false;
  private pendingAfterIo = 0;
  private heap: VirtualTimer[] = [];
  private sweepAtLength = 1024;

  /** `wallStartMs` is the wall time at the start; by default the first of January 2025. */
  constructor(private wallOffsetMs: number = Date.UTC(2025, 0, 1)) {}

  wallMs(): number {
    return Math.floor(this.nowMs + this.wallOffsetMs);
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  schedule(delayMs: number, task: () => void): Timer {
    invariant(!Number.isNaN(delayMs), 'a delay is a number');
    if (this.heap.length >= this.sweepAtLength) this.sweep();
    const timer = new VirtualTimer(this.nowMs + Math.max(0, delayMs), this.sequence++, task);
    pushTimer(this.heap, timer);
    return timer;
  }

  afterIo(task: () => void): void {
    this.pendingAfterIo++;
    realImmediate(() => {
      this.pendingAfterIo--;
      task();
    });
  }

  /** Moves the wall clock by `byMs` (negative: back), as an operator or NTP does. Durations do not notice. */
  jumpWall(byMs: number): void {
    this.wallOffsetMs += byMs;
  }

  /** Tasks scheduled and not cancelled: zero after a clean shutdown. */
  scheduledCount(): number {
    return this.heap.filter((timer) => timer.task !== undefined).length;
  }

  /** Moves time on by `byMs`, running everything due on the way. What a task throws comes out of here. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.nowMs + byMs;
    await this.run(endMs, () => false);
    this.nowMs = Math.max(this.nowMs, endMs);
    await this.settle();
  }

  /**
   * Moves time on until `condition` holds; it is asked after every task.
   * @throws {Error} when it does not hold within `limitMs` of virtual time.
   */
  async runUntil(condition: () => boolean, limitMs: number): Promise<void> {
    const endMs = this.nowMs + limitMs;
    if (await this.run(endMs, condition)) return;
    this.nowMs = Math.max(this.nowMs, endMs);
    await this.settle();
    if (!condition()) throw new Error(`the condition does not hold after ${limitMs} virtual ms: ${condition}`);
  }

  /** Lets promises and `afterIo` tasks finish without moving time. */
  async settle(): Promise<void> {
    let quiet = 0;
    for (let turn = 0; quiet < QUIET_TURN_COUNT; turn++) {
      invariant(turn < TURN_COUNT_MAX, 'the program comes to rest at one virtual instant');
      await new Promise((resolve) => realImmediate(resolve));
      quiet = this.pendingAfterIo > 0 ? 0 : quiet + 1;
    }
  }

  /** Cancelled timers, deadlines mostly, must not pile up until they would have been due. A sorted list is a heap too. */
  private sweep(): void {
    this.heap = this.heap.filter((timer) => timer.task !== undefined).sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.sweepAtLength = Math.max(1024, 2 * this.heap.length);
  }

  private async run(endMs: number, condition: () => boolean): Promise<boolean> {
    invariant(!this.advancing, 'one caller moves a virtual clock at a time');
    this.advancing = true;
    try {
      await this.settle();
      while (!condition()) {
        const timer = popTimer(this.heap, endMs);
        if (timer === undefined) return false;
        this.nowMs = timer.dueMs;
        timer.run();
        await this.settle();
      }
      return true;
    } finally {
      this.advancing = false;
    }
  }
}

class VirtualTimer implements Timer {
  constructor(
    readonly dueMs: number,
    readonly sequence: number,
    public task: (() => void) | undefined,
  ) {}

  run(): void {
    const task = this.task;
    this.task = undefined;
    task?.();
  }

  cancel(): void {
    this.task = undefined;
  }

  /** Virtual time holds no process alive. */
  unref(): void {}
}

function isBefore(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence);
}

function pushTimer(heap: VirtualTimer[], timer: VirtualTimer): void {
  let at = heap.length;
  heap.push(timer);
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || !isBefore(timer, parent)) break;
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = timer;
}

/** Takes out the first timer due at or before `endMs` that was not cancelled. */
function popTimer(heap: VirtualTimer[], endMs: number): VirtualTimer | undefined {
  for (;;) {
    const first = heap[0];
    if (first === undefined || (first.task !== undefined && first.dueMs > endMs)) return undefined;
    removeFirst(heap);
    if (first.task !== undefined) return first;
  }
}

function removeFirst(heap: VirtualTimer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let childAt = 2 * at + 1;
    let child = heap[childAt];
    if (child === undefined) break;
    const right = heap[childAt + 1];
    if (right !== undefined && isBefore(right, child)) {
      child = right;
      childAt++;
    }
    if (!isBefore(child, last)) break;
    heap[at] = child;
    at = childAt;
  }
  heap[at] = last;
}
