import type { Clock, Timer } from '../clock.js';
import { invariant } from '../invariant.js';

/** Node fires a timer with a longer delay after 1 ms, so longer waits are taken in steps. */
const STEP_MAX_MS = 2 ** 31 - 2;

/**
 * The machine's clocks.
 *
 * Invariant: a task never runs earlier than its delay by `monotonicMs`. libuv counts whole ms of the same counter, so the
 * delay given to Node ends on the first whole ms at or after the due time; that costs at most 1 ms.
 */
export class NodeClock implements Clock {
  /** Moves `performance.now` onto libuv's counter (`hrtime`), whose whole ms are what Node's timers see. */
  private readonly counterStartMs: number;

  constructor() {
    const [seconds, nanoseconds] = process.hrtime();
    this.counterStartMs = seconds * 1e3 + nanoseconds / 1e6 - performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now() + this.counterStartMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const aborted = () => {
        timer.cancel();
        reject(signal?.reason);
      };
      const timer = this.schedule(delayMs, () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      });
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }

  schedule(delayMs: number, task: () => void): Timer {
    invariant(!Number.isNaN(delayMs), 'a delay is a number');
    return new NodeTimer(this, this.monotonicMs() + Math.max(0, delayMs), task);
  }

  afterIo(task: () => void): void {
    setImmediate(task);
  }
}

class NodeTimer implements Timer {
  private timeout: NodeJS.Timeout;
  private unreferenced = false;

  constructor(
    private readonly clock: NodeClock,
    private readonly dueMs: number,
    private readonly task: () => void,
  ) {
    this.timeout = this.arm();
  }

  cancel(): void {
    clearTimeout(this.timeout);
  }

  unref(): void {
    this.unreferenced = true;
    this.timeout.unref();
  }

  private arm(): NodeJS.Timeout {
    const delayMs = Math.ceil(this.dueMs) - Math.floor(this.clock.monotonicMs());
    if (delayMs <= STEP_MAX_MS) return setTimeout(this.task, delayMs);
    return setTimeout(() => {
      this.timeout = this.arm();
      if (this.unreferenced) this.timeout.unref();
    }, STEP_MAX_MS);
  }
}
