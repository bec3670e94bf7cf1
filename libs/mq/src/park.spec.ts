import { getEventListeners } from 'node:events';
import type { ReceiveRequest } from '#mq-protocol';
import { VirtualClock } from '#platform/testing';
import type { BrokerCore } from './broker-core.js';
import { Deadlines } from './deadlines.js';
import { GroupDelivery, type Taken } from './group-delivery.js';
import { endWait, park, wakeAllParked } from './park.js';
import { QueueProgress } from './queue-progress.js';
import { FakeMessageStore, fakeDisk } from './testing/fake-message-store.js';

function setUp() {
  const clock = new VirtualClock();
  const store = new FakeMessageStore(fakeDisk(), { confirmed: () => {}, groupConfirmed: () => {} }, () => 0);
  const state = { group: 'g', topic: 'orders', startFrom: 'earliest' as const, queues: [new QueueProgress(0)] };
  const delivery = new GroupDelivery(state, store, 100);
  const parts = {
    clock,
    deadlines: new Deadlines(clock),
    deliveries: new Map([['g/orders', delivery]]),
    parkedCount: 0,
  };
  // Everything of a core that waiting touches.
  const core = parts as unknown as BrokerCore;
  const answers: string[] = [];
  const wait = (attemptId: string, dueMs: number, signal = new AbortController().signal) =>
    void park(core, delivery, { ...REQUEST, attemptId }, dueMs, signal).then((taken: readonly Taken[]) =>
      answers.push(`${attemptId}: ${taken.length} after ${clock.monotonicMs()}`),
    );
  const left = () => [delivery.parked.size, core.parkedCount, core.deadlines.count, clock.scheduledCount()];
  return { clock, core, delivery, answers, wait, left };
}

const REQUEST: ReceiveRequest = {
  group: 'g',
  topic: 'orders',
  queueId: -1,
  messageCountMax: 1,
  bytesMax: 1000,
  waitMs: 0,
  visibilityMs: 1000,
  attemptId: '',
  startFrom: 'earliest',
};

describe('a receive that waits', () => {
  it('is answered once, with what was taken for it, and leaves nothing behind', async () => {
    const { clock, core, delivery, answers, wait, left } = setUp();
    const aborting = new AbortController();
    wait('one', 100, aborting.signal);
    expect(left()).toEqual([1, 1, 1, 1]);
    const [queue] = delivery.queues;
    const [parked] = delivery.parked.values();
    delivery.parked.delete('one');
    if (queue !== undefined) parked?.wake([{ queue, spans: [] }]);
    expect(getEventListeners(aborting.signal, 'abort')).toHaveLength(0);
    aborting.abort();
    await clock.advance(1000);
    expect([answers, left()]).toEqual([['one: 1 after 0'], [0, 0, 0, 0]]);
    expect(core.parkedCount).toBe(0);
  });

  it('is answered with nothing when its time is up, when it is aborted, when its attempt is repeated and when the broker drains', async () => {
    const { clock, core, delivery, answers, wait, left } = setUp();
    const aborting = new AbortController();
    wait('timed', 10);
    wait('aborted', 1000, aborting.signal);
    wait('repeated', 1000);
    wait('drained', 1000);
    wait('drained too', 1000);
    await clock.advance(10);
    aborting.abort();
    endWait(delivery, 'repeated');
    endWait(delivery, 'nobody');
    await clock.advance(10);
    wakeAllParked(core);
    await clock.advance(10);
    expect(answers).toEqual([
      'timed: 0 after 10',
      'aborted: 0 after 10',
      'repeated: 0 after 10',
      'drained: 0 after 20',
      'drained too: 0 after 20',
    ]);
    expect(left()).toEqual([0, 0, 0, 0]);
  });
});
