import {
  type AckRequest,
  type NackRequest,
  parseAckRequest,
  parseNackRequest,
  type SettleAnswer,
  settleBody,
} from '#mq-protocol';
import { RecordingLogger, SeededRandom, VirtualClock } from '#platform/testing';
import type { BrokerOperations } from '../broker-operations.js';
import { MqError } from '../mq-error.js';
import { BARE_MESSAGE } from '../testing/bare-message.js';
import { newConsumerTally } from './consumer-tally.js';
import { LeasedMessage } from './leased-message.js';
import { SettleQueue } from './settle-queue.js';

const LEASE_MS = 1000;
const away = new MqError('unavailable', 'away', { retryable: true });

function setUp() {
  const clock = new VirtualClock();
  const logger = new RecordingLogger();
  const tally = newConsumerTally();
  const seen: string[] = [];
  const broker = { isAway: false, outcome: 'settled' as SettleAnswer['outcomes'][number] };
  /** Takes what a real broker would, and nothing else, 10 ms later. */
  const answer = async (what: string, { items }: AckRequest): Promise<SettleAnswer> => {
    seen.push(`${what} ${items.map(({ receipt, offsets }) => `${receipt}:${offsets}`).join(' ')}`);
    await clock.sleep(10);
    if (broker.isAway) throw away;
    return { outcomes: items.map(() => broker.outcome) };
  };
  const ack = (request: AckRequest) => answer('ack', parseAckRequest(settleBody(request)));
  const nack = (request: NackRequest) => {
    const { delayMs, countsAsFailure = true, ...rest } = parseNackRequest(settleBody(request));
    return answer(countsAsFailure ? `nack ${delayMs}` : 'release', rest);
  };
  // Nothing else of the operations is used.
  const operations = { ack, nack } as unknown as BrokerOperations;
  const platform = { clock, logger, random: new SeededRandom('settle queue') };
  const settled = () => {};
  const parts = { group: 'g', topic: 'orders', leaseMs: LEASE_MS, operations, platform, tally, settled };
  const queue = new SettleQueue(parts);
  return { clock, logger, tally, seen, broker, queue };
}

function leased(receipt: string, offset: number): LeasedMessage {
  const desk = { settle: () => {}, release: () => {}, retryDelayMs: () => 0, extend: async () => false };
  return new LeasedMessage({ ...BARE_MESSAGE, offset }, receipt, LEASE_MS, 0, desk);
}

describe('settlements of a tick', () => {
  it('go in one request for each delay, by receipt, with ascending offsets', async () => {
    const { clock, tally, seen, queue } = setUp();
    for (const offset of [3, 1, 2]) queue.add(leased('r1', offset), undefined);
    queue.add(leased('r2', 7), undefined);
    queue.add(leased('r1', 4), 500);
    queue.add(leased('r1', 5), 0);
    queue.release(leased('r1', 6));
    expect(queue.unsettledCount).toBe(7);
    await clock.advance(10);
    expect(seen).toEqual(['ack r1:1,2,3 r2:7', 'nack 500 r1:4', 'nack 0 r1:5', 'release r1:6']);
    expect([queue.unsettledCount, tally.ackedCount, tally.nackedCount]).toEqual([0, 4, 3]);
  });

  it('wait for the round on its way, and then go together', async () => {
    const { clock, seen, queue } = setUp();
    queue.add(leased('r', 1), undefined);
    await clock.advance(1);
    for (const offset of [2, 3]) {
      queue.add(leased('r', offset), undefined);
      await clock.advance(1);
    }
    expect(queue.unsettledCount).toBe(3);
    await clock.advance(20);
    expect(seen).toEqual(['ack r:1', 'ack r:2,3']);
  });

  it.each([
    ['receipts', new Array<number>(5000).fill(1)],
    ['messages', new Array<number>(20).fill(5000)],
    // As many as the largest receive got, behind a few others.
    ['messages with a large receipt', [10, 65_530]],
  ])('go in several requests when there are more %s than one may name', async (_, messageCounts) => {
    const { clock, seen, tally, queue } = setUp();
    messageCounts.forEach((count, receipt) => {
      for (let offset = 0; offset < count; offset++) queue.add(leased(`r${receipt}`, offset), undefined);
    });
    await clock.advance(10);
    expect(seen.length).toBeGreaterThan(1);
    expect([tally.ackedCount, queue.unsettledCount]).toEqual([messageCounts.reduce((sum, each) => sum + each, 0), 0]);
  });

  it('count as stale when the broker says so', async () => {
    const { clock, broker, tally, queue } = setUp();
    broker.outcome = 'stale';
    queue.add(leased('r', 1), undefined);
    await clock.advance(10);
    expect([tally.staleCount, tally.ackedCount]).toEqual([1, 0]);
  });
});

describe('settlements that the broker did not take', () => {
  it('are sent again, together with what came meanwhile', async () => {
    const { clock, broker, seen, tally, queue } = setUp();
    broker.isAway = true;
    queue.add(leased('r', 2), undefined);
    await clock.advance(15);
    broker.isAway = false;
    queue.add(leased('r', 1), undefined);
    await clock.advance(200);
    expect(seen).toEqual(['ack r:2', 'ack r:1,2']);
    expect(tally.ackedCount).toBe(2);
  });

  it('are given up and counted as lost when their leases must have ended, with a warning', async () => {
    const { clock, broker, logger, tally, queue } = setUp();
    broker.isAway = true;
    queue.add(leased('r', 1), undefined);
    let isDrained = false;
    void queue.drain().then(() => {
      isDrained = true;
    });
    await clock.advance(LEASE_MS - 1);
    expect([queue.unsettledCount, isDrained]).toEqual([1, false]);
    await clock.advance(3000);
    expect([queue.unsettledCount, isDrained, tally.lostCount]).toEqual([0, true, 1]);
    expect(logger.records.map(({ level, fields }) => [level, fields.count])).toEqual([['warn', 1]]);
    expect(clock.scheduledCount()).toBe(0);
  });

  it('are sent again with pauses between, not in a loop', async () => {
    const { clock, broker, seen, queue } = setUp();
    broker.isAway = true;
    queue.add(leased('r', 1), undefined);
    await clock.advance(LEASE_MS);
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.length).toBeLessThan(8);
  });
});
