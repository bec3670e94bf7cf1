import type { Clock, Timer } from '../clock.js';
import { invariant } from '../invariant.js';
import { sleepOn } from '../sleep-on.js';

/** Node fires a timer with a longer delay after 1 ms, so longer waits are taken in steps. */
const STEP_MAX_MS = 2 ** 31 - 2;

/**
 * The machine's clocks.
 *
 * Invariant: a task never runs earlier than its delay by `monotonicMs`. libuv counts in whole ms and starts from the one that has begun,
 * so one more than the delay is asked of it; a task runs up to 1 ms late for that. The extra ms is the same for equal delays, whatever the
 * instant: Node keeps timers of one duration in order, and loses the order between durations that end together.
 */
export class NodeClock implements Clock {
  wallMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  schedule(delayMs: number, task: () => void): Timer {
    invariant(!Number.isNaN(delayMs), 'a delay is a number');
    return new NodeTimer(Math.ceil(Math.max(0, delayMs)) + 1, task);
  }

  afterIo(task: () => void): void {
    setImmediate(task);
  }
}

class NodeTimer implements Timer {
  private timeout: NodeJS.Timeout;
  private unreferenced = false;

  constructor(
    delayMs: number,
    private readonly task: () => void,
  ) {
    this.timeout = this.arm(delayMs);
  }

  cancel(): void {
    clearTimeout(this.timeout);
  }

  unref(): void {
    this.unreferenced = true;
    this.timeout.unref();
  }

  private arm(delayMs: number): NodeJS.Timeout {
    if (delayMs <= STEP_MAX_MS) return setTimeout(this.task, delayMs);
    return setTimeout(() => {
      this.timeout = this.arm(delayMs - STEP_MAX_MS);
      if (this.unreferenced) this.timeout.unref();
    }, STEP_MAX_MS);
  }
}
