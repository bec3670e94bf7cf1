import { GroupDelivery } from './group-delivery.js';
import { LEASED, Lease } from './lease.js';
import { QueueDelivery } from './queue-delivery.js';
import { QueueProgress } from './queue-progress.js';
import { FakeMessageStore, fakeDisk } from './testing/fake-message-store.js';

const SPANS = [
  { from: 10, to: 12, attempt: 1 },
  { from: 15, to: 16, attempt: 3 },
  { from: 16, to: 18, attempt: 1 },
];
const OFFSETS = [10, 11, 15, 16, 17];

function leaseOf(onExpired: (lease: Lease) => void = () => {}): Lease {
  const queue = new QueueDelivery(0, new QueueProgress(0), 100);
  const listener = { confirmed: () => {}, groupConfirmed: () => {} };
  const store = new FakeMessageStore(fakeDisk(), listener, () => 0);
  const state = { group: 'g', topic: 'orders', startFrom: 'earliest' as const, queues: [queue.progress] };
  return new Lease(new GroupDelivery(state, store, 100), queue, SPANS, onExpired);
}

describe('a lease', () => {
  it('has a place for each of its offsets and for no other', () => {
    const lease = leaseOf();
    expect(lease.count).toBe(OFFSETS.length);
    for (let offset = 0; offset < 30; offset++) expect(lease.indexOf(offset)).toBe(OFFSETS.indexOf(offset));
    expect(OFFSETS.map((offset) => lease.attemptOf(offset))).toEqual([1, 1, 3, 1, 1]);
  });

  it('counts a message that it never had as given back', () => {
    expect(leaseOf().markOf(12)).toBe(LEASED.returned);
  });

  it('is over when every message is settled or given back, whatever was marked twice', () => {
    const lease = leaseOf();
    for (const offset of OFFSETS) lease.mark(offset, LEASED.settling);
    expect(lease.isOver).toBe(false);
    lease.mark(10, LEASED.settled);
    lease.mark(10, LEASED.settled);
    for (const offset of [11, 15, 16]) lease.mark(offset, LEASED.returned);
    expect(lease.isOver).toBe(false);
    lease.mark(17, LEASED.settled);
    expect(lease.isOver).toBe(true);
  });

  it('is not over while a message whose record failed is open again', () => {
    const lease = leaseOf();
    for (const offset of OFFSETS) lease.mark(offset, LEASED.settling);
    lease.mark(16, LEASED.open);
    for (const offset of [10, 11, 15, 17]) lease.mark(offset, LEASED.settled);
    expect([lease.isOver, lease.openOffsets()]).toEqual([false, [16]]);
  });

  it('tells that it expired after it is marked so', () => {
    const seen: boolean[] = [];
    leaseOf((lease) => seen.push(lease.isExpired)).expire();
    expect(seen).toEqual([true]);
  });
});
