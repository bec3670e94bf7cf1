import type { BrokerCore } from './broker-core.js';
import { emptyState, groupKey } from './broker-state.js';
import { GroupDelivery } from './group-delivery.js';
import { isAscending, judgeReceipt } from './judge-receipt.js';
import { LEASED, Lease } from './lease.js';
import { LeaseTable } from './lease-table.js';
import { QueueProgress } from './queue-progress.js';
import { encodeReceipt } from './receipt.js';
import { FakeMessageStore, fakeDisk } from './testing/fake-message-store.js';

const KEY = Buffer.alloc(32, 1);

/** A group on one topic, with offsets 0 to 3 of queue 0 leased in their second attempt. */
function setUp() {
  const progress = new QueueProgress(0);
  const store = new FakeMessageStore(fakeDisk(), { confirmed: () => {}, groupConfirmed: () => {} }, () => 0);
  const state = {
    group: 'g',
    topic: 'orders',
    startFrom: 'earliest' as const,
    queues: [progress, new QueueProgress(0)],
  };
  const delivery = new GroupDelivery(state, store, 100);
  const [queue] = delivery.queues;
  if (queue === undefined) throw new Error('a queue was given');
  progress.fail([{ from: 0, to: 4 }], 0);
  const spans = queue.take(4, 4);
  const leases = new LeaseTable(10);
  const lease = new Lease(delivery, queue, spans, () => {});
  lease.receipt = encodeReceipt(KEY, 'g', 'orders', { epoch: 1, leaseNumber: 1, queueId: 0, spans });
  leases.add('a', [lease]);
  const current = { ...emptyState(), receiptKey: KEY };
  // Everything of a core that judging reads.
  const core = {
    leases,
    state: { current },
    deliveries: new Map([[groupKey('g', 'orders'), delivery]]),
  } as unknown as BrokerCore;
  const judge = (offsets: readonly number[], topic = 'orders', queueId = 0) => {
    const judged = judgeReceipt(core, 'g', topic, { queueId, receipt: lease.receipt, offsets });
    return `${judged.outcome} ${judged.offsets.join()}${judged.late === undefined ? '' : ' late'}`;
  };
  const runOut = () => {
    progress.fail(spans, 0);
    for (const { from, to } of spans) queue.release(from, to);
    lease.expire();
  };
  return { lease, queue, progress, leases, judge, runOut };
}

describe('a receipt of a live lease', () => {
  it('settles what is not settled yet, also what is on its way into a record', () => {
    const { lease, judge } = setUp();
    lease.mark(0, LEASED.settled);
    lease.mark(1, LEASED.settling);
    expect(judge([0, 1, 2])).toBe('settled 1,2');
  });

  it('is stale as a whole once one of its messages was given back', () => {
    const { lease, judge } = setUp();
    lease.mark(3, LEASED.returned);
    expect(judge([0, 3])).toBe('stale ');
    expect(judge([0, 2])).toBe('settled 0,2');
  });

  it('is unknown for other offsets, another topic or another queue', () => {
    const { judge } = setUp();
    expect([judge([4]), judge([0], 'others'), judge([0], 'orders', 1)]).toEqual(['unknown ', 'unknown ', 'unknown ']);
  });
});

describe('a receipt of a lease that ran out', () => {
  it('settles what nobody has been given since', () => {
    const { judge, runOut } = setUp();
    runOut();
    expect(judge([1, 2])).toBe('settled 1,2 late');
  });

  it('is good for what is settled already', () => {
    const { progress, judge, runOut } = setUp();
    runOut();
    progress.settle([{ from: 0, to: 2 }]);
    expect(judge([1, 2])).toBe('settled 2 late');
  });

  it('is stale while somebody else has the message', () => {
    const { queue, judge, runOut } = setUp();
    runOut();
    queue.occupy(1, 2);
    expect([judge([1]), judge([2])]).toEqual(['stale ', 'settled 2 late']);
  });

  it('is stale once a later delivery of the message failed as well', () => {
    const { progress, judge, runOut } = setUp();
    runOut();
    progress.fail([{ from: 1, to: 2 }], 0);
    expect([judge([1]), judge([2])]).toEqual(['stale ', 'settled 2 late']);
  });

  it('is judged the same when the lease is forgotten, as after a restart', () => {
    const { lease, leases, judge, runOut } = setUp();
    runOut();
    leases.remove(lease);
    expect([judge([1, 2]), judge([4]), judge([0], 'others'), judge([0], 'orders', 1)]).toEqual([
      'settled 1,2 late',
      'unknown ',
      'unknown ',
      'unknown ',
    ]);
  });
});

it.each([
  [[], false],
  [[0], true],
  [[3, 4, 9], true],
  [[3, 3], false],
  [[4, 3], false],
  [[-1], false],
])('offsets %j ascend: %s', (offsets, expected) => {
  expect(isAscending(offsets)).toBe(expected);
});
