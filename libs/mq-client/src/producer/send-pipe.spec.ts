import type { SetOutcome } from '#mq-protocol';
import { SeededRandom, VirtualClock } from '#platform/testing';
import type { BrokerOperations } from '../broker-operations.js';
import { MqError } from '../mq-error.js';
import { type ProducerSettings, resolveProducerOptions } from './producer.options.js';
import { SendPipe } from './send-pipe.js';
import { type Lane, SetBatch } from './set-batch.js';

type Answer = MqError | readonly SetOutcome[];

const placed: SetOutcome = { kind: 'placed', topic: 'orders', queueId: 0, baseOffset: 7, storedAtMs: 1 };
const refusal = (code: 'disk-full' | 'bad-set'): SetOutcome => {
  return { kind: 'refused', code, message: 'no', retryable: code === 'disk-full' };
};
const broken = new MqError('unavailable', 'the connection broke', { outcome: 'unknown', retryable: true });

/** A pipe to a broker that gives these answers after 10 ms each, the last one for ever. */
function setUp(answers: readonly Answer[], given: ProducerSettings = {}) {
  const clock = new VirtualClock();
  const requests: { readonly atMs: number; readonly setCount: number; readonly timeoutMs: number }[] = [];
  const send = async (sets: readonly Buffer[], timeoutMs: number): Promise<readonly SetOutcome[]> => {
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? [];
    requests.push({ atMs: clock.monotonicMs(), setCount: sets.length, timeoutMs });
    await clock.sleep(10);
    if (answer instanceof MqError) throw answer;
    return answer;
  };
  // Nothing else of the operations is used.
  const operations = { send } as unknown as BrokerOperations;
  const events = { placed: () => {}, moved: () => {} };
  const options = resolveProducerOptions({ sendTimeoutMs: 1000, ...given });
  const pipe = new SendPipe(options, operations, { clock, random: new SeededRandom('pipe') }, events);
  const ended: string[] = [];
  const push = (name: string, lane = laneOf(0)) => {
    const batch = new SetBatch(lane, clock.monotonicMs() + options.sendTimeoutMs, undefined);
    const draft = { messageId: '0'.repeat(32), type: 'normal', bornAtMs: 0, bodyEncoding: 'raw' } as const;
    pipe.reserve(1, 100);
    pipe.push(batch);
    batch.add({ ...draft, body: Buffer.from(name) }, 100, {
      resolve: (receipt) => ended.push(`${name}: placed at ${receipt.offset}`),
      reject: (error) => ended.push(`${name}: ${error.code}, ${error.outcome}`),
    });
    pipe.added(batch, 100);
  };
  return { clock, pipe, requests, ended, push };
}

const laneOf = (queueId: number): Lane => ({ topic: 'orders', queueId, open: undefined, isOrderedInFlight: false });

describe('a set that is on its way', () => {
  it('is sent again after a refusal that may pass, with growing pauses, until its time is up', async () => {
    const { clock, requests, ended, push } = setUp([[refusal('disk-full')]], { retryMsMin: 20, retryMsMax: 200 });
    push('a');
    await clock.advance(2000);
    expect(ended).toEqual([expect.stringMatching(/^a: (disk-full|timed-out), failed$/)]);
    const pauses = requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0) - 10);
    expect(pauses.length).toBeGreaterThan(5);
    pauses.forEach((pauseMs, index) => {
      const wholeMs = Math.min(200, 20 * 2 ** index);
      expect(pauseMs).toBeGreaterThanOrEqual(wholeMs / 2);
      expect(pauseMs).toBeLessThanOrEqual(wholeMs);
    });
    expect(requests.every(({ atMs, timeoutMs }) => atMs + timeoutMs === 1000)).toBe(true);
  });

  it('fails as unknown when an earlier attempt may have been stored, whatever the last one said', async () => {
    const { clock, pipe, ended, push } = setUp([broken, [refusal('bad-set')]], { retryUnknown: true });
    push('a');
    await clock.advance(1000);
    expect(ended).toEqual(['a: bad-set, unknown']);
    expect([pipe.counts().unknownCount, pipe.counts().failedCount]).toEqual([1, 0]);
  });

  it('fails as unknown when its outcome is missing in the answer, and the others do not suffer', async () => {
    const { clock, pipe, ended, push } = setUp([[placed]]);
    push('a');
    push('b', laneOf(1));
    await clock.advance(1000);
    expect(ended).toEqual(['a: placed at 7', 'b: bad-reply, unknown']);
    expect([pipe.counts().pendingCount, pipe.counts().pendingBytes]).toEqual([0, 0]);
  });

  it('fails as certain when it found no free request in its time', async () => {
    const { clock, ended, requests, push } = setUp([[placed]], { requestsInFlightMax: 1, sendTimeoutMs: 5 });
    push('a');
    await clock.settle();
    push('b');
    await clock.advance(100);
    expect(ended).toEqual(['a: placed at 7', 'b: timed-out, failed']);
    expect(requests).toHaveLength(1);
  });
});

describe('a request', () => {
  it('leaves at once when it is full, and at the end of the tick when not', async () => {
    const { clock, requests, push } = setUp([[placed, placed]], { requestBytesMax: 200 });
    push('a', laneOf(0));
    expect(requests).toHaveLength(0);
    push('b', laneOf(1));
    expect(requests).toHaveLength(1);
    push('c', laneOf(2));
    expect(requests).toHaveLength(1);
    await clock.settle();
    expect(requests.map(({ setCount }) => setCount)).toEqual([2, 1]);
  });
});

describe('the backlog', () => {
  it('counts nothing of a send that would pass its bounds', () => {
    const { pipe } = setUp([[placed]], { pendingCountMax: 10, pendingBytesMax: 1000 });
    pipe.reserve(10, 1000);
    expect(() => pipe.reserve(1, 0)).toThrow(expect.objectContaining({ code: 'backlog-full', retryable: true }));
    expect(() => pipe.reserve(0, 1)).toThrow(MqError);
    expect([pipe.counts().pendingCount, pipe.counts().pendingBytes]).toEqual([10, 1000]);
    pipe.release(1, 100, broken, 1);
    expect(() => pipe.reserve(1, 100)).not.toThrow();
    expect(pipe.counts().unseenFailureCount).toBe(1);
  });

  it('is drained when the last of it ended', async () => {
    const { clock, pipe, push } = setUp([[placed]]);
    push('a');
    let isDrained = false;
    void pipe.drain().then(() => {
      isDrained = true;
    });
    await clock.advance(9);
    expect(isDrained).toBe(false);
    await clock.advance(1);
    expect(isDrained).toBe(true);
  });
});
