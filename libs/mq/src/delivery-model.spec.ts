import fc from 'fast-check';
import type { LeasedRun } from '#mq-protocol';
import { isRefused } from './refusals.js';
import { BrokerFixture } from './testing/broker-fixture.js';

/** Messages that somebody holds: until when, at the latest, they must not be given to others. */
interface Held {
  readonly run: LeasedRun;
  readonly untilMs: number;
}

const QUEUE_COUNT = 2;
const VISIBILITY_MS = 1000;

/** A simple model beside a real broker: what was sent, what was acked for sure, and who holds what. */
class Model {
  readonly on = new BrokerFixture({
    defaultQueueCount: QUEUE_COUNT,
    snapshotEveryBytes: 64 * 1024,
    windowOffsetCount: 20,
  });
  readonly sent = new Set<string>();
  readonly acked = new Set<string>();
  readonly seen = new Set<string>();
  private readonly floors = [0, 0];
  private held: Held[] = [];

  async send(queueId: number, count: number): Promise<void> {
    const [outcome] = await this.on.send('orders', queueId, count);
    if (outcome?.kind !== 'placed') throw new Error('not placed');
    for (let offset = outcome.baseOffset; offset < outcome.baseOffset + count; offset++)
      this.sent.add(`${queueId}@${offset}`);
  }

  async receive(queueId: number, messageCountMax: number): Promise<void> {
    const runs = await this.on.receive({ queueId, messageCountMax, visibilityMs: VISIBILITY_MS });
    const nowMs = this.on.clock.monotonicMs();
    for (const run of runs) {
      for (const offset of run.offsets) {
        const key = `${run.queueId}@${offset}`;
        expect(this.sent.has(key)).toBe(true);
        expect(this.acked.has(key)).toBe(false);
        this.seen.add(key);
        const holder = this.held.find(
          (each) => each.run.queueId === run.queueId && each.run.offsets.includes(offset) && each.untilMs > nowMs,
        );
        expect(holder).toBeUndefined();
      }
      this.held.push({ run, untilMs: nowMs + VISIBILITY_MS });
    }
  }

  async ack(pick: number, takeCount: number, isDurable: boolean): Promise<void> {
    const held = this.held[pick % Math.max(1, this.held.length)];
    if (held === undefined) return;
    const offsets = held.run.offsets.slice(0, takeCount);
    this.on.store.isAutomatic = isDurable;
    const answer = this.on.broker.ack({ group: 'g', topic: 'orders', items: [{ ...held.run, offsets }] });
    if (!isDurable) {
      await this.on.clock.settle();
      return this.restart();
    }
    const settled = await answer;
    if (isRefused(settled) || settled.outcomes[0] !== 'settled') return;
    for (const offset of offsets) this.acked.add(`${held.run.queueId}@${offset}`);
    this.release(held, offsets);
  }

  async nack(pick: number, takeCount: number, delayMs: number): Promise<void> {
    const held = this.held[pick % Math.max(1, this.held.length)];
    if (held === undefined) return;
    const offsets = held.run.offsets.slice(0, takeCount);
    const answer = await this.on.broker.nack({
      group: 'g',
      topic: 'orders',
      items: [{ ...held.run, offsets }],
      delayMs,
    });
    if (!isRefused(answer) && answer.outcomes[0] === 'settled') this.release(held, offsets);
  }

  restart(): void {
    this.on.restart();
    this.held = this.held.map((each) => ({ ...each, untilMs: 0 }));
  }

  checkFloors(): void {
    const group = this.on.broker.describeGroup('g', 'orders');
    if (isRefused(group)) return;
    for (const { queueId, floorOffset } of group.queues) {
      expect(floorOffset).toBeGreaterThanOrEqual(this.floors[queueId] ?? 0);
      this.floors[queueId] = floorOffset;
      // Whatever the ack's answer was: nothing that nobody tried to ack may be settled.
      for (let offset = 0; offset < floorOffset; offset++) expect(this.seen.has(`${queueId}@${offset}`)).toBe(true);
    }
  }

  /** Faults are over: everything that was not settled comes again, and the floors reach the ends. */
  async drain(): Promise<void> {
    await this.on.clock.advance(60_000);
    for (let round = 0; round < 200; round++) {
      const runs = await this.on.receive({ queueId: -1, messageCountMax: 50 });
      if (runs.length === 0) break;
      for (const run of runs)
        for (const offset of run.offsets) expect(this.acked.has(`${run.queueId}@${offset}`)).toBe(false);
      await this.on.ack(runs);
      for (const run of runs) for (const offset of run.offsets) this.seen.add(`${run.queueId}@${offset}`);
    }
    expect(this.seen.size).toBe(this.sent.size);
    const group = this.on.broker.describeGroup('g', 'orders');
    if (isRefused(group)) return;
    for (const { floorOffset, endOffset, lagCount, inFlightCount } of group.queues) {
      expect([floorOffset, lagCount, inFlightCount]).toEqual([endOffset, 0, 0]);
    }
    expect(this.on.broker.counters).toMatchObject({ leaseCount: 0, deadlineCount: 0, pendingSendBytes: 0 });
  }

  private release(held: Held, offsets: readonly number[]): void {
    const rest = held.run.offsets.filter((offset) => !offsets.includes(offset));
    this.held = this.held.filter((each) => each !== held);
    if (rest.length > 0) this.held.push({ ...held, run: { ...held.run, offsets: rest } });
  }
}

const queueId = fc.nat(QUEUE_COUNT - 1);
const command = fc.oneof(
  fc.tuple(fc.constant('send' as const), queueId, fc.integer({ min: 1, max: 6 })),
  fc.tuple(
    fc.constant('receive' as const),
    fc.integer({ min: -1, max: QUEUE_COUNT - 1 }),
    fc.integer({ min: 1, max: 8 }),
  ),
  fc.tuple(fc.constant('ack' as const), fc.nat(9), fc.integer({ min: 1, max: 8 })),
  fc.tuple(fc.constant('crash in ack' as const), fc.nat(9), fc.integer({ min: 1, max: 8 })),
  fc.tuple(fc.constant('nack' as const), fc.nat(9), fc.integer({ min: 1, max: 8 })),
  fc.tuple(fc.constant('advance' as const), fc.constantFrom(10, 500, 999, 1500), fc.constant(0)),
  fc.tuple(fc.constant('restart' as const), fc.constant(0), fc.constant(0)),
  fc.tuple(fc.constant('close' as const), fc.constant(0), fc.constant(0)),
);

async function play(model: Model, [kind, first, second]: readonly [string, number, number]): Promise<void> {
  switch (kind) {
    case 'send':
      return model.send(first, second);
    case 'receive':
      return model.receive(first, second);
    case 'ack':
      return model.ack(first, second, true);
    case 'crash in ack':
      return model.ack(first, second, false);
    case 'nack':
      return model.nack(first, second, 700);
    case 'advance':
      return model.on.clock.advance(first);
    case 'close':
      await model.on.broker.close();
      return model.restart();
    default:
      return model.restart();
  }
}

describe('delivery, against a simple model', () => {
  it('no offset is held twice, nothing acked comes back, no floor falls, and everything arrives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 60 }), async (commands) => {
        const model = new Model();
        await model.send(0, 1);
        for (const each of commands) {
          await play(model, each);
          model.checkFloors();
        }
        await model.drain();
      }),
      { numRuns: 60 },
    );
  });
});
