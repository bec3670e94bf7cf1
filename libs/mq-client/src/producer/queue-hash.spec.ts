import { queueOfKey } from './queue-hash.js';

describe('the queue of an ordering key', () => {
  it('is fixed for ever: these are the values of version 0.1', () => {
    const keys = ['', 'a', 'o1', 'o2', 'customer-4711', 'größe'];
    expect(keys.map((key) => queueOfKey(key, 4))).toEqual([1, 0, 1, 0, 3, 2]);
  });

  it('spreads keys over all queues', () => {
    const counts = new Array<number>(8).fill(0);
    for (let key = 0; key < 8000; key++) {
      const queueId = queueOfKey(`order-${key}`, 8);
      counts[queueId] = (counts[queueId] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
  });
});
