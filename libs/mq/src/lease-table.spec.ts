import { GroupDelivery } from './group-delivery.js';
import { Lease } from './lease.js';
import { LeaseTable } from './lease-table.js';
import { QueueDelivery } from './queue-delivery.js';
import { QueueProgress } from './queue-progress.js';
import { FakeMessageStore, fakeDisk } from './testing/fake-message-store.js';

const queue = new QueueDelivery(0, new QueueProgress(0), 100);
const store = new FakeMessageStore(fakeDisk(), { confirmed: () => {}, groupConfirmed: () => {} }, () => 0);
const group = new GroupDelivery(
  { group: 'g', topic: 'orders', startFrom: 'earliest', queues: [queue.progress] },
  store,
  100,
);

function leaseOf(receipt: string): Lease {
  const lease = new Lease(group, queue, [{ from: 0, to: 1, attempt: 1 }], () => {});
  lease.receipt = receipt;
  return lease;
}

describe('the lease table', () => {
  it('remembers an attempt until the last of its leases is over', () => {
    const table = new LeaseTable(10);
    const [one, two] = [leaseOf('r1'), leaseOf('r2')];
    table.add('a', [one, two]);
    table.remove(one);
    expect([table.find('r1'), table.find('r2'), table.attempt('a')?.leases]).toEqual([undefined, two, [one, two]]);
    table.remove(two);
    table.remove(two);
    expect([table.attempt('a'), table.count]).toEqual([undefined, 0]);
  });

  it('forgets the oldest of too many attempts, and not its leases', () => {
    const table = new LeaseTable(2);
    const first = leaseOf('r1');
    table.add('a', [first]);
    table.add('b', [leaseOf('r2')]);
    table.add('c', [leaseOf('r3')]);
    expect(['a', 'b', 'c'].map((key) => table.attempt(key) !== undefined)).toEqual([false, true, true]);
    expect(table.find('r1')).toBe(first);
    table.remove(first);
    expect([table.count, table.attempt('b') !== undefined]).toEqual([2, true]);
  });

  it('keeps an attempt that was served anew, though its first leases end later', () => {
    const table = new LeaseTable(2);
    const [early, late] = [leaseOf('r1'), leaseOf('r2')];
    table.add('a', [early]);
    table.add('b', [leaseOf('r3')]);
    table.add('a', [late]);
    table.remove(early);
    expect(table.attempt('a')?.leases).toEqual([late]);
    table.add('c', [leaseOf('r4')]);
    expect(['a', 'b', 'c'].map((key) => table.attempt(key) !== undefined)).toEqual([true, false, true]);
  });
});
