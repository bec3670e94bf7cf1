import type { VirtualClock } from '../simulated/virtual-clock.js';

/** Moves `clock` until `promise` is settled, at most `limitMs`, and passes on how it ended. */
export async function runUntilSettled<T>(clock: VirtualClock, promise: Promise<T>, limitMs = 60_000): Promise<T> {
  let isSettled = false;
  const done = () => {
    isSettled = true;
  };
  promise.then(done, done);
  await clock.runUntil(() => isSettled, limitMs);
  return promise;
}
