import { describeClock } from '../testing/describe-clock.js';
import { NodeClock } from './node-clock.js';

describeClock(
  'NodeClock',
  () => new NodeClock(),
  (ms) => new NodeClock().sleep(ms),
);

describe('NodeClock', () => {
  it('a task is not early when the loop looks at its timers within the last ms before', async () => {
    const clock = new NodeClock();
    const spinUntil = (ms: number) => {
      while (clock.monotonicMs() < ms);
    };
    for (let round = 0; round < 10; round++) {
      // Ten phases of the ms that libuv counts in.
      spinUntil(Math.floor(clock.monotonicMs()) + 1 + round / 10);
      let ranMs = 0;
      const dueMs = clock.monotonicMs() + 1.8;
      clock.schedule(1.8, () => {
        ranMs = clock.monotonicMs();
      });
      spinUntil(dueMs - 0.1);
      await clock.sleep(5);
      expect(ranMs).toBeGreaterThanOrEqual(dueMs);
    }
  });

  it('a delay longer than Node can hold does not run at once', async () => {
    const clock = new NodeClock();
    const ran: string[] = [];
    const timer = clock.schedule(2 ** 40, () => ran.push('much too early'));
    timer.unref();
    await clock.sleep(10);
    timer.cancel();
    expect(ran).toEqual([]);
  });
});
