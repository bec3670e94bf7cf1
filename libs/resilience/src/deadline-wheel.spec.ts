import { VirtualClock } from '#platform/testing';
import { DeadlineWheel, Timed } from './index.js';

class Entry extends Timed {
  firedMs: number | undefined = undefined;

  constructor(
    private readonly clock: VirtualClock,
    readonly wantedMs: number,
  ) {
    super();
    this.dueMs = clock.monotonicMs() + wantedMs;
  }

  override expire(): void {
    this.firedMs = this.clock.monotonicMs();
  }
}

it('no entry fires early, and none more than a tick late', async () => {
  const clock = new VirtualClock();
  const wheel = new DeadlineWheel(clock);
  await clock.advance(1234.5);
  const entries = [0.5, 1, 9.9, 10, 50, 51, 999, 5_000, 10_239, 10_240, 10_241, 30_000, 61_003].map(
    (ms) => new Entry(clock, ms),
  );
  for (const entry of entries) wheel.add(entry);
  await clock.advance(70_000);
  for (const { dueMs, firedMs, wantedMs } of entries) {
    const lateMs = (firedMs ?? Number.NaN) - dueMs;
    expect({ wantedMs, isRight: lateMs >= 0 && lateMs <= 11 }).toEqual({ wantedMs, isRight: true });
  }
});

it('an entry that was removed never fires, and an idle wheel has no timer', async () => {
  const clock = new VirtualClock();
  const wheel = new DeadlineWheel(clock);
  const entries = Array.from({ length: 10 }, () => new Entry(clock, 100));
  for (const entry of entries) wheel.add(entry);
  for (const index of [0, 9, 4, 4]) {
    const entry = entries[index];
    if (entry !== undefined) wheel.remove(entry);
  }
  await clock.advance(1_000);
  expect(entries.map((each) => each.firedMs !== undefined)).toEqual(
    entries.map((_, index) => ![0, 4, 9].includes(index)),
  );
  expect(clock.scheduledCount()).toBe(0);
});

it('an entry added while others expire fires in its own time', async () => {
  const clock = new VirtualClock();
  const wheel = new DeadlineWheel(clock);
  const fired: number[] = [];
  class Chain extends Timed {
    override expire(): void {
      fired.push(clock.monotonicMs());
      if (fired.length === 5) return;
      this.dueMs = clock.monotonicMs() + 100;
      wheel.add(this);
    }
  }
  const chain = new Chain();
  chain.dueMs = clock.monotonicMs() + 100;
  wheel.add(chain);
  await clock.advance(1_000);
  expect(fired).toHaveLength(5);
  for (let index = 1; index < 5; index++)
    expect((fired[index] ?? 0) - (fired[index - 1] ?? 0)).toBeGreaterThanOrEqual(100);
});

it('an entry without an end is not watched', () => {
  const clock = new VirtualClock();
  const entry = new Entry(clock, Number.POSITIVE_INFINITY);
  new DeadlineWheel(clock).add(entry);
  expect(clock.scheduledCount()).toBe(0);
});
