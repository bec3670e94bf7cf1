import fc from 'fast-check';
import { applyRecord } from './apply-record.js';
import { emptyState } from './broker-state.js';
import { createBrokerState } from './confirmed-state.js';
import { MqError } from './mq-error.js';
import { rangesOf } from './offset-ranges.js';
import { decodeRecord, encodeRecord } from './record.format.js';
import { decodeState, encodeSnapshotParts, encodeState, SNAPSHOT_PART_BYTES } from './snapshot.format.js';
import type { StateRecord } from './state-record.js';
import { encodeStateSet } from './state-set.js';

const name = fc.constantFrom('a', 'b');
const ranges = fc
  .uniqueArray(fc.nat(50), { minLength: 1, maxLength: 8 })
  .map((offsets) => rangesOf(offsets.sort((left, right) => left - right)));
const queues = fc.array(fc.record({ queueId: fc.nat(2), ranges }), { maxLength: 2 });
const record: fc.Arbitrary<StateRecord> = fc.oneof(
  fc.record({ kind: fc.constant('topic-created' as const), topic: name, queueCount: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    kind: fc.constant('group-created' as const),
    group: name,
    topic: name,
    startFrom: fc.constantFrom('earliest' as const, 'latest' as const),
    startOffsets: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
  }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('acked' as const), group: name, topic: name, queues }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('failed' as const),
      group: name,
      topic: name,
      visibleAtMs: fc.constantFrom(0, 1_700_000_000_000),
      queues,
    }),
  },
  fc.record({
    kind: fc.constant('receipt-key' as const),
    key: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((key) => Buffer.from(key)),
  }),
);
const records = fc.array(record, { maxLength: 60 });

function stateAfter(given: readonly StateRecord[], state = emptyState()) {
  for (const each of given) applyRecord(state, each);
  return state;
}

describe('broker state', () => {
  it('a record comes back as it was, and any shorter prefix of it is refused', () => {
    fc.assert(
      fc.property(record, (given) => {
        const bytes = encodeRecord(given);
        expect(decodeRecord(bytes)).toEqual(given);
        for (let size = 0; size < bytes.length; size++)
          expect(() => decodeRecord(bytes.subarray(0, size))).toThrow(MqError);
      }),
    );
  });

  it('replaying any prefix of the confirmed records gives the state that was live then', () => {
    fc.assert(
      fc.property(records, (given) => {
        const live = createBrokerState();
        given.forEach((each, position) => {
          const bytes = encodeStateSet('control', encodeRecord(each));
          live.listener.confirmed({ position, storedAtMs: 0, bytes, isReplay: false });
          expect(encodeState(live.current)).toEqual(encodeState(stateAfter(given.slice(0, position + 1))));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('a snapshot and the records after it give the same state as all records', () => {
    fc.assert(
      fc.property(records, fc.nat(60), (given, cut) => {
        const replayed = createBrokerState();
        const show = (kind: 'control' | 'snapshot', body: Buffer) =>
          replayed.listener.confirmed({
            position: 1,
            storedAtMs: 0,
            bytes: encodeStateSet(kind, body),
            isReplay: true,
          });
        for (const part of encodeSnapshotParts(stateAfter(given.slice(0, cut)))) show('snapshot', part);
        for (const each of given.slice(cut)) show('control', encodeRecord(each));
        expect(encodeState(replayed.current)).toEqual(encodeState(stateAfter(given)));
      }),
    );
  });

  it('a floor never falls, and acks and failures of one message may come in either order', () => {
    fc.assert(
      fc.property(records, (given) => {
        const state = emptyState();
        for (const each of given) {
          const before = [...state.groups.values()].map((group) => group.queues.map((queue) => queue.floor));
          applyRecord(state, each);
          [...state.groups.values()].slice(0, before.length).forEach((group, index) => {
            group.queues.forEach((queue, queueId) => {
              expect(queue.floor).toBeGreaterThanOrEqual(before[index]?.[queueId] ?? 0);
              for (const offset of queue.failures.keys()) expect(queue.isSettled(offset)).toBe(false);
            });
          });
        }
      }),
    );
  });

  it('a state larger than one part is cut and joined', () => {
    const state = emptyState();
    for (let index = 0; index < 40_000; index++) {
      const topic = `a-topic-with-a-rather-long-name-${index}`;
      applyRecord(state, { kind: 'topic-created', topic, queueCount: 4 });
    }
    const parts = encodeSnapshotParts(state);
    expect(parts.length).toBe(Math.ceil(encodeState(state).length / SNAPSHOT_PART_BYTES));
    expect(parts.length).toBeGreaterThan(1);
    const replayed = createBrokerState();
    for (const part of parts) {
      const bytes = encodeStateSet('snapshot', part);
      replayed.listener.confirmed({ position: 7, storedAtMs: 0, bytes, isReplay: true });
    }
    expect(replayed.current.topics.size).toBe(40_000);
    expect(replayed.snapshotPosition).toBe(7);
  });

  it('what a newer version wrote is refused, not skipped', () => {
    const bytes = Buffer.from(encodeRecord({ kind: 'topic-created', topic: 't', queueCount: 1 }));
    bytes.writeUInt8(99, 1);
    expect(() => decodeRecord(bytes)).toThrow('kind 99');
    bytes.writeUInt8(2, 0);
    expect(() => decodeRecord(bytes)).toThrow('version 2');
    expect(() => decodeState(Buffer.from([0, 0, 0, 1]))).toThrow(MqError);
  });
});
