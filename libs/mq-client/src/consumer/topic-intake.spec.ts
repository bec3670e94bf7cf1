import type { LeasedRun, ReceiveAnswer, ReceiveRequest } from '#mq-protocol';
import { RecordingLogger, SeededRandom, VirtualClock } from '#platform/testing';
import type { BrokerOperations } from '../broker-operations.js';
import { MqError } from '../mq-error.js';
import { type ConsumerSettings, resolveConsumerOptions } from './consumer.options.js';
import { TopicIntake } from './topic-intake.js';

const RUN: LeasedRun = { queueId: 0, receipt: 'r', offsets: [0], attempts: [1], sets: [], storedAtMs: [] };
const away = new MqError('unavailable', 'away', { retryable: true });

/** An intake from a broker whose every receive `answer` decides; of a prefetch of 8 messages and 800 bytes for each of two topics. */
function setUp(
  answer: (request: ReceiveRequest, signal: AbortSignal) => Promise<ReceiveAnswer>,
  given: Partial<ConsumerSettings> = {},
) {
  const clock = new VirtualClock();
  const logger = new RecordingLogger();
  const requests: (ReceiveRequest & { readonly atMs: number })[] = [];
  const receive = (request: ReceiveRequest, _: number, signal: AbortSignal) => {
    requests.push({ ...request, atMs: clock.monotonicMs() });
    return answer(request, signal);
  };
  // Nothing else of the operations is used.
  const operations = { receive } as unknown as BrokerOperations;
  const subscriptions = [{ topic: 'orders' }, { topic: 'others' }];
  const bounds = { prefetchCountMax: 16, prefetchBytesMax: 1600, receiveWaitMs: 20_000 };
  const options = resolveConsumerOptions({ group: 'g', subscriptions, ...bounds, ...given });
  const received: LeasedRun[] = [];
  const gate = { isOpen: true };
  const intake = new TopicIntake({
    topic: 'orders',
    options,
    operations,
    platform: { clock, logger, random: new SeededRandom('intake') },
    isOpen: () => gate.isOpen,
    received: (runs) => received.push(...runs),
  });
  return { clock, logger, requests, received, gate, intake };
}

/** A broker that has nothing, until the receive is aborted. */
const never = (_: ReceiveRequest, signal: AbortSignal) =>
  new Promise<ReceiveAnswer>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(away), { once: true });
  });

describe('an intake', () => {
  it('asks for its share of what is free, and only when half of it is', async () => {
    const { clock, requests, intake } = setUp(never);
    intake.arrived(5, 100);
    intake.start();
    await clock.settle();
    expect(requests).toHaveLength(0);
    intake.left(1, 10);
    await clock.settle();
    expect(requests.map(({ messageCountMax, bytesMax }) => [messageCountMax, bytesMax])).toEqual([[4, 710]]);
  });

  it('asks for nothing while too many bytes wait, however few messages they are', async () => {
    const { clock, requests, intake } = setUp(never);
    intake.arrived(1, 401);
    intake.start();
    await clock.settle();
    expect(requests).toHaveLength(0);
    intake.left(1, 401);
    await clock.settle();
    expect(requests).toHaveLength(1);
  });

  it('asks for nothing while it is not open, until it is woken', async () => {
    const { clock, requests, gate, intake } = setUp(never);
    gate.isOpen = false;
    intake.start();
    intake.wake();
    await clock.settle();
    expect(requests).toHaveLength(0);
    gate.isOpen = true;
    intake.wake();
    await clock.settle();
    expect(requests).toHaveLength(1);
  });

  it('repeats an attempt until it was answered, and then begins another one', async () => {
    let askedCount = 0;
    const { clock, requests, received, intake } = setUp(async (request, signal) => {
      askedCount += 1;
      if (askedCount <= 3) throw away;
      if (askedCount === 4) return { runs: [RUN] };
      return never(request, signal);
    });
    intake.start();
    await clock.advance(10_000);
    const ids = requests.map(({ attemptId }) => attemptId);
    expect([new Set(ids.slice(0, 4)).size, new Set(ids).size, ids.length]).toEqual([1, 2, 5]);
    expect(received).toEqual([RUN]);
  });

  it('pauses longer after each failure, up to five seconds, and logs few of them', async () => {
    const { clock, logger, requests, intake } = setUp(async () => {
      throw away;
    });
    intake.start();
    await clock.advance(200_000);
    const pauses = requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
    pauses.forEach((pauseMs, index) => {
      const wholeMs = Math.min(5000, 100 * 2 ** index);
      expect(pauseMs).toBeGreaterThanOrEqual(wholeMs / 2);
      expect(pauseMs).toBeLessThanOrEqual(wholeMs);
    });
    expect(logger.records.map(({ fields }) => fields.count)).toEqual([1]);
  });

  it('is no busy loop on a broker that answers with nothing at once', async () => {
    const { clock, requests, intake } = setUp(async () => ({ runs: [] }));
    intake.start();
    await clock.advance(1000);
    expect(requests.length).toBeLessThanOrEqual(21);
  });

  it('asks again at once after an empty answer that took its time', async () => {
    const { clock, requests, intake } = setUp(async () => {
      await clock.sleep(20_000);
      return { runs: [] };
    });
    intake.start();
    await clock.advance(20_000);
    expect(requests.map(({ atMs }) => atMs)).toEqual([0, 20_000]);
  });
});

describe('an intake that stops', () => {
  it('looks once more, with the same attempt, for a batch that crossed the cancellation', async () => {
    const { requests, received, intake } = setUp(async (request, signal) =>
      request.waitMs === 0 ? { runs: [RUN] } : never(request, signal),
    );
    intake.start();
    await intake.stop();
    expect(requests.map(({ attemptId }) => attemptId)).toEqual([requests[0]?.attemptId, requests[0]?.attemptId]);
    expect(requests[1]).toMatchObject({ messageCountMax: 1, waitMs: 0 });
    expect(received).toEqual([RUN]);
  });

  it('ends when the broker is away, in a pause, and while it waits for room', async () => {
    const failing = setUp(async () => {
      throw away;
    });
    failing.intake.start();
    await failing.clock.settle();
    await failing.intake.stop();
    expect(failing.clock.scheduledCount()).toBe(0);
    const full = setUp(never);
    full.intake.arrived(8, 0);
    full.intake.start();
    await full.intake.stop();
    expect(full.requests).toHaveLength(0);
  });
});
