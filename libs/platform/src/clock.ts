/** A task that was scheduled and has not run yet. */
export interface Timer {
  /** Forgets the task. Safe to call after it ran, and more than once. */
  cancel(): void;
  /** Lets the process end although the task is still to come (for sweepers that serve others' work). */
  unref(): void;
}

/** Time, as every other library sees it. `Date`, timers and `performance` are banned outside libs/platform. */
export interface Clock {
  /** Wall time in ms since the Unix epoch. It may jump: store it in records, never subtract two of them. */
  wallMs(): number;
  /** Monotonic ms (with fractions) from an arbitrary start. The only source for durations and deadlines. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with `signal.reason` if aborted first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Runs `task` once after `delayMs`, never earlier by the monotonic clock. Tasks due together run in the order they were scheduled. */
  schedule(delayMs: number, task: () => void): Timer;
  /** Runs `task` after the I/O that is ready now has been handled (`setImmediate`): the way to yield inside a long loop. */
  afterIo(task: () => void): void;
}
