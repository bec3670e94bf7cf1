import type { Clock, Timer } from '#platform';

/** Width of one slot in ms: how late an entry may fire, timers aside. */
const TICK_MS = 10;
const SLOT_COUNT = 1024;

/** Something with a deadline. The wheel owns the `wheel...` fields. */
export abstract class Timed {
  /** Monotonic ms; set before `add`. */
  dueMs = Number.POSITIVE_INFINITY;
  wheelPrevious: Timed | undefined = undefined;
  wheelNext: Timed | undefined = undefined;
  wheelSlot = -1;
  /** Called once, never before `dueMs`; the entry has left the wheel. */
  abstract expire(): void;
}

/**
 * The deadlines of many calls with one timer: adding and removing an entry touches only its neighbours in a linked list.
 *
 * Slots of 10 ms lie in a ring of about 10 s. An entry further away waits in its slot for another round. The timer stands at the
 * first slot in use, so an idle wheel costs nothing. Before entries expire, I/O that is ready is handled: after a stall of the
 * process an answer that has arrived wins against its deadline.
 */
export class DeadlineWheel {
  private readonly slots: (Timed | undefined)[] = new Array<Timed | undefined>(SLOT_COUNT).fill(undefined);
  private count = 0;
  /** Ticks before this one have been swept. */
  private nextTick: number;
  private timer: Timer | undefined = undefined;
  private timerTick = Number.POSITIVE_INFINITY;

  constructor(private readonly clock: Pick<Clock, 'monotonicMs' | 'schedule' | 'afterIo'>) {
    this.nextTick = Math.floor(clock.monotonicMs() / TICK_MS);
  }

  /** Starts watching. An entry without an end (`Infinity`) is left alone. */
  add(entry: Timed): void {
    if (entry.dueMs === Number.POSITIVE_INFINITY) return;
    if (this.count === 0 && this.timer === undefined) this.nextTick = Math.floor(this.clock.monotonicMs() / TICK_MS);
    const tick = Math.max(Math.ceil(entry.dueMs / TICK_MS), this.nextTick);
    this.link(entry, tick % SLOT_COUNT);
    if (tick < this.timerTick) this.arm(tick);
  }

  /** Stops watching; safe for an entry that is not in the wheel. */
  remove(entry: Timed): void {
    if (entry.wheelSlot === -1) return;
    if (entry.wheelPrevious === undefined) this.slots[entry.wheelSlot] = entry.wheelNext;
    else entry.wheelPrevious.wheelNext = entry.wheelNext;
    if (entry.wheelNext !== undefined) entry.wheelNext.wheelPrevious = entry.wheelPrevious;
    entry.wheelPrevious = undefined;
    entry.wheelNext = undefined;
    entry.wheelSlot = -1;
    this.count--;
  }

  /** Stops the timer and forgets every entry without expiring it. */
  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.timerTick = Number.POSITIVE_INFINITY;
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      for (let entry = this.slots[slot]; entry !== undefined; entry = this.slots[slot]) this.remove(entry);
    }
  }

  private link(entry: Timed, slot: number): void {
    const first = this.slots[slot];
    entry.wheelSlot = slot;
    entry.wheelNext = first;
    if (first !== undefined) first.wheelPrevious = entry;
    this.slots[slot] = entry;
    this.count++;
  }

  private arm(tick: number): void {
    this.timer?.cancel();
    this.timerTick = tick;
    this.timer = this.clock.schedule(tick * TICK_MS - this.clock.monotonicMs(), () => this.clock.afterIo(this.sweep));
    // What waits for an answer has a socket, and that keeps the process alive; a deadline alone must not.
    this.timer.unref();
  }

  private readonly sweep = (): void => {
    if (this.timer === undefined) return;
    this.timer = undefined;
    this.timerTick = Number.POSITIVE_INFINITY;
    const nowMs = this.clock.monotonicMs();
    const nowTick = Math.floor(nowMs / TICK_MS);
    // After a long stall one round covers every slot.
    const firstTick = Math.max(this.nextTick, nowTick - SLOT_COUNT + 1);
    this.nextTick = nowTick + 1;
    for (let tick = firstTick; tick <= nowTick; tick++) this.sweepSlot(tick % SLOT_COUNT, nowMs);
    this.armNext();
  };

  private sweepSlot(slot: number, nowMs: number): void {
    let entry = this.slots[slot];
    // Expiring may remove neighbours, so due entries are taken out one at a time from the front.
    while (entry !== undefined) {
      if (entry.dueMs <= nowMs) {
        this.remove(entry);
        entry.expire();
        entry = this.slots[slot];
      } else {
        entry = entry.wheelNext;
      }
    }
  }

  private armNext(): void {
    if (this.count === 0) return;
    for (let tick = this.nextTick; tick < this.nextTick + SLOT_COUNT; tick++) {
      if (this.slots[tick % SLOT_COUNT] === undefined) continue;
      if (tick < this.timerTick) this.arm(tick);
      return;
    }
  }
}
