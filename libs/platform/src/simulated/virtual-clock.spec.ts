import { describeClock } from '../testing/describe-clock.js';
import { SeededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

let latest: VirtualClock;
describeClock(
  'VirtualClock',
  () => {
    latest = new VirtualClock();
    return latest;
  },
  (ms) => latest.advance(ms),
);

describe('VirtualClock', () => {
  it('tasks run in order of time, each at its own instant, whatever the order of scheduling', async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = new SeededRandom(seed);
    const clock = new VirtualClock();
    const delays = Array.from({ length: 5000 }, () => random.integer(200));
    const ran: number[] = [];
    const cancelled = new Set<number>();
    delays.forEach((delayMs, index) => {
      const timer = clock.schedule(delayMs, () => {
        if (clock.monotonicMs() !== delayMs) throw new Error(`ran at ${clock.monotonicMs()}, due at ${delayMs}`);
        ran.push(delayMs);
      });
      if (random.integer(4) === 0) return;
      cancelled.add(index);
      timer.cancel();
    });
    await clock.advance(1000);
    const expected = delays.filter((_, index) => !cancelled.has(index)).sort((a, b) => a - b);
    expect({ seed, ran }).toEqual({ seed, ran: expected });
    expect(clock.monotonicMs()).toBe(1000);
  });

  it('promises settle between two tasks', async () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    clock.schedule(1, () => {
      void Promise.resolve()
        .then(() => undefined)
        .then(() => ran.push('the promises of the first'));
    });
    clock.schedule(1, () => ran.push('the second'));
    await clock.advance(1);
    expect(ran).toEqual(['the promises of the first', 'the second']);
  });

  it('a chain of sleeps takes exactly its sum', async () => {
    const clock = new VirtualClock();
    let doneMs = -1;
    void (async () => {
      for (let step = 0; step < 10; step++) await clock.sleep(7);
      doneMs = clock.monotonicMs();
    })();
    await clock.advance(69);
    expect(doneMs).toBe(-1);
    await clock.advance(1);
    expect(doneMs).toBe(70);
  });

  it('afterIo runs at the present instant, without advance', async () => {
    const clock = new VirtualClock();
    const at: number[] = [];
    clock.schedule(5, () => clock.afterIo(() => clock.afterIo(() => at.push(clock.monotonicMs()))));
    clock.schedule(5.5, () => at.push(-1));
    await clock.advance(10);
    expect(at).toEqual([5, -1]);
    await new Promise<void>((resolve) => clock.afterIo(resolve));
  });

  it('the wall clock jumps and durations do not notice', async () => {
    const clock = new VirtualClock(1_000_000);
    clock.jumpWall(-5000);
    await clock.advance(10);
    expect([clock.wallMs(), clock.monotonicMs()]).toEqual([995_010, 10]);
  });

  it('runUntil stops at the instant the condition holds, and fails past its limit', async () => {
    const clock = new VirtualClock();
    let done = false;
    clock.schedule(40, () => {
      done = true;
    });
    await clock.runUntil(() => done, 1000);
    expect(clock.monotonicMs()).toBe(40);
    await expect(clock.runUntil(() => false, 100)).rejects.toThrow('100 virtual ms');
    expect(clock.monotonicMs()).toBe(140);
  });

  it('what a task throws comes out of advance', async () => {
    const clock = new VirtualClock();
    clock.schedule(1, () => {
      throw new Error('broken task');
    });
    await expect(clock.advance(2)).rejects.toThrow('broken task');
  });

  it('a finished or aborted sleep leaves nothing scheduled', async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(1000, controller.signal).catch(() => 'aborted');
    expect(clock.scheduledCount()).toBe(1);
    controller.abort();
    expect(await sleeping).toBe('aborted');
    expect(clock.scheduledCount()).toBe(0);
  });
});
