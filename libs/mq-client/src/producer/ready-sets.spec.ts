import { ReadySets } from './ready-sets.js';
import { type Lane, SetBatch } from './set-batch.js';

const lane = (queueId: number): Lane => ({ topic: 't', queueId, open: undefined, isOrderedInFlight: false });

function batch(of: Lane, sizeBytes: number, deadlineMs = 10_000, orderingKey?: string): SetBatch {
  const made = new SetBatch(of, deadlineMs, undefined);
  const body = Buffer.alloc(0);
  made.add(
    { messageId: '', type: 'normal', bornAtMs: 0, bodyEncoding: 'raw', body, orderingKey },
    sizeBytes,
    undefined,
  );
  return made;
}

function readyWith(...batches: SetBatch[]): ReadySets {
  const ready = new ReadySets();
  for (const each of batches) ready.push(each);
  return ready;
}

describe('the sets that wait', () => {
  it('are taken in order up to the size of a request, and at least one', () => {
    const all = [batch(lane(0), 900), batch(lane(1), 60), batch(lane(2), 60)];
    const ready = readyWith(...all);
    expect(ready.take(100, 1000)).toEqual([all[0]]);
    expect(ready.take(100, 1000)).toEqual([all[1]]);
    expect(ready.take(100, 1000)).toEqual([all[2]]);
    expect(ready.isEmpty).toBe(true);
  });

  it('never overtake a set of their lane that does not fit', () => {
    const one = lane(0);
    const all = [batch(lane(1), 50), batch(one, 90), batch(one, 10)];
    const ready = readyWith(...all);
    expect(ready.take(100, 1000)).toEqual([all[0]]);
    expect(ready.take(100, 1000)).toEqual([all[1], all[2]]);
  });

  it('wait for an ordered set of their lane that is on the way', () => {
    const one = lane(0);
    const all = [batch(one, 10, 10_000, 'k'), batch(one, 10, 10_000, 'k'), batch(lane(1), 10)];
    const ready = readyWith(...all);
    expect(ready.take(100, 1000)).toEqual([all[0], all[2]]);
    expect(ready.take(100, 1000)).toEqual([]);
    one.isOrderedInFlight = false;
    expect(ready.take(100, 1000)).toEqual([all[1]]);
  });

  it('share a request only with sets of a near deadline', () => {
    const all = [batch(lane(0), 10, 1000), batch(lane(1), 10, 9000)];
    const ready = readyWith(...all);
    expect(ready.take(100, 5000)).toEqual([all[0]]);
  });
});
