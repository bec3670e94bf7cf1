import type { Clock } from '../clock.js';

/** What every Clock does. Runs in Jest; `pass` lets at least `ms` go by on the clock that `make` returned last. */
export function describeClock(name: string, make: () => Clock, pass: (ms: number) => Promise<void>): void {
  describe(`${name} as a Clock`, () => {
    it('a task never runs early by the monotonic clock', async () => {
      const clock = make();
      const earlyByMs: number[] = [];
      for (const delayMs of [0, 0.2, 1, 1.5, 3.9, 7, 7.01]) {
        const dueMs = clock.monotonicMs() + delayMs;
        clock.schedule(delayMs, () => earlyByMs.push(dueMs - clock.monotonicMs()));
      }
      await pass(30);
      expect(earlyByMs).toHaveLength(7);
      expect(Math.max(...earlyByMs)).toBeLessThanOrEqual(0);
    });

    it('tasks due together run in the order they were scheduled', async () => {
      const clock = make();
      const ran: number[] = [];
      for (let index = 0; index < 50; index++) clock.schedule(5, () => ran.push(index));
      await pass(20);
      expect(ran).toEqual(Array.from({ length: 50 }, (_, index) => index));
    });

    it('a cancelled task does not run, and cancelling again is safe', async () => {
      const clock = make();
      const ran: string[] = [];
      const cancelled = clock.schedule(1, () => ran.push('cancelled'));
      const kept = clock.schedule(2, () => ran.push('kept'));
      cancelled.cancel();
      cancelled.cancel();
      await pass(15);
      kept.cancel();
      expect(ran).toEqual(['kept']);
    });

    it('sleep ends after its delay', async () => {
      const clock = make();
      const startMs = clock.monotonicMs();
      let sleptMs = -1;
      void clock.sleep(4).then(() => {
        sleptMs = clock.monotonicMs() - startMs;
      });
      await pass(20);
      expect(sleptMs).toBeGreaterThanOrEqual(4);
    });

    it('sleep rejects with the reason of its signal, before and during', async () => {
      const clock = make();
      const reason = new Error('enough');
      await expect(clock.sleep(1000, AbortSignal.abort(reason))).rejects.toBe(reason);
      const controller = new AbortController();
      const sleeping = clock.sleep(1000, controller.signal);
      controller.abort(reason);
      await expect(sleeping).rejects.toBe(reason);
    });

    it('afterIo tasks run in order, after the caller', async () => {
      const clock = make();
      const ran: string[] = [];
      clock.afterIo(() => ran.push('first'));
      clock.afterIo(() => ran.push('second'));
      ran.push('caller');
      await pass(1);
      expect(ran).toEqual(['caller', 'first', 'second']);
    });

    it('wall time is whole ms since 1970', () => {
      const wallMs = make().wallMs();
      expect(Number.isInteger(wallMs)).toBe(true);
      expect(wallMs).toBeGreaterThan(Date.UTC(2024, 0, 1));
    });
  });
}
