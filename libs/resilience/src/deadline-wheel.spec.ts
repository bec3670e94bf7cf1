import fc from 'fast-check';
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

it('an entry that is removed by another that expires with it never fires', async () => {
  const clock = new VirtualClock();
  const wheel = new DeadlineWheel(clock);
  const fired: number[] = [];
  const entries = Array.from({ length: 5 }, (_, number) => {
    class Last extends Timed {
      override expire(): void {
        fired.push(number);
        for (const each of entries) wheel.remove(each);
      }
    }
    const entry: Timed = new Last();
    entry.dueMs = 100;
    return entry;
  });
  for (const entry of entries) wheel.add(entry);
  await clock.advance(500);
  expect(fired).toHaveLength(1);
  expect(clock.scheduledCount()).toBe(0);
});

it.each([500, 15_000])('after a stall of %i ms everything that was due fires at once', async (stallMs) => {
  const clock = new VirtualClock();
  const stalled = {
    monotonicMs: () => clock.monotonicMs(),
    afterIo: (task: () => void) => clock.afterIo(task),
    schedule: (delayMs: number, task: () => void) => clock.schedule(delayMs + stallMs, task),
  };
  const wheel = new DeadlineWheel(stalled);
  const entries = [10, 15, 200, 460].map((ms) => new Entry(clock, ms));
  for (const entry of entries) wheel.add(entry);
  await clock.advance(stallMs + 20);
  const firedMs = entries.map((each) => each.firedMs);
  expect(firedMs).toEqual(firedMs.map(() => stallMs + 10));
});

it('a closed wheel fires nothing, not even what was due, and may be used again', async () => {
  const clock = new VirtualClock();
  const wheel = new DeadlineWheel(clock);
  const entries = [50, 20_000].map((ms) => new Entry(clock, ms));
  for (const entry of entries) wheel.add(entry);
  wheel.close();
  expect(clock.scheduledCount()).toBe(0);
  await clock.advance(30_000);
  const later = new Entry(clock, 50);
  wheel.add(later);
  await clock.advance(61);
  expect(later.firedMs).toBeGreaterThanOrEqual(later.dueMs);
  expect(entries.map((each) => each.firedMs)).toEqual([undefined, undefined]);
});

const action = fc.record({
  kind: fc.constantFrom('add', 'add', 'remove', 'pass'),
  ms: fc.oneof(fc.nat(60), fc.nat(15_000)),
  pick: fc.nat(99),
});

it('whatever is added and removed and whenever, each entry left fires once and in its time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 20 }), async (actions) => {
      const clock = new VirtualClock();
      const wheel = new DeadlineWheel(clock);
      const all: Entry[] = [];
      const waiting = new Set<Entry>();
      const overdue = () => [...waiting].filter((each) => each.dueMs + 11 < clock.monotonicMs());
      for (const { kind, ms, pick } of actions) {
        const entry = all[pick % Math.max(1, all.length)];
        if (kind === 'add') {
          const added = new Entry(clock, ms);
          all.push(added);
          waiting.add(added);
          wheel.add(added);
        } else if (kind === 'pass') await clock.advance(ms);
        else if (entry !== undefined) {
          wheel.remove(entry);
          waiting.delete(entry);
        }
        for (const each of waiting) if (each.firedMs !== undefined) waiting.delete(each);
        expect(overdue()).toEqual([]);
      }
      await clock.advance(20_000);
      for (const each of waiting) expect(each.firedMs).toBeGreaterThanOrEqual(each.dueMs);
      expect(clock.scheduledCount()).toBe(0);
    }),
    { numRuns: 40 },
  );
});

it('an entry without an end is not watched', () => {
  const clock = new VirtualClock();
  const entry = new Entry(clock, Number.POSITIVE_INFINITY);
  new DeadlineWheel(clock).add(entry);
  expect(clock.scheduledCount()).toBe(0);
});
