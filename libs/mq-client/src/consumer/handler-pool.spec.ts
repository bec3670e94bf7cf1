import { RecordingLogger } from '#platform/testing';
import { BARE_MESSAGE } from '../testing/bare-message.js';
import { newConsumerTally } from './consumer-tally.js';
import { HandlerPool } from './handler-pool.js';
import { LeasedMessage } from './leased-message.js';
import { DeadLetter, RetryLater, Skip } from './verdicts.js';

const RETRY_MS = 77;
const RETRY_MS_MAX = 9000;

/** A pool whose handler does what `handle` says for each message, by its offset. */
function setUp(handle: (offset: number) => unknown, concurrency = 1) {
  const tally = newConsumerTally();
  const logger = new RecordingLogger();
  const events: string[] = [];
  const desk = {
    settle: ({ message }: LeasedMessage, delayMs: number | undefined) =>
      events.push(delayMs === undefined ? `ack ${message.offset}` : `retry ${message.offset} in ${delayMs}`),
    release: () => {},
    retryDelayMs: () => RETRY_MS,
    extend: async () => false,
  };
  const pool = new HandlerPool({
    handler: ({ offset }) => {
      events.push(`start ${offset}`);
      return handle(offset);
    },
    concurrency,
    retryMsMax: RETRY_MS_MAX,
    tally,
    logger,
    monotonicMs: () => 100,
    left: () => {},
    ended: ({ message }) => events.push(`end ${message.offset}`),
  });
  const leased = (offset: number, leaseEndMs = 1000) =>
    new LeasedMessage({ ...BARE_MESSAGE, offset }, 'r', leaseEndMs, 0, desk);
  const push = (...offsets: readonly number[]) => pool.push(offsets.map((offset) => leased(offset)));
  return { pool, tally, logger, events, leased, push };
}

/** Handlers that end when the spec says so, by offset. */
function manual() {
  const finish = new Map<number, () => void>();
  const handle = (offset: number) => new Promise<void>((resolve) => finish.set(offset, resolve));
  const end = async (offset: number) => {
    finish.get(offset)?.();
    // Two turns: of the handler's promise, and of what the pool hangs on it.
    await Promise.resolve();
    await Promise.resolve();
  };
  return { handle, end };
}

const thrower = (error: unknown) => () => {
  throw error;
};

describe('what becomes of a handler', () => {
  it.each([
    ['returns', () => 'anything', 'ack 0'],
    ['throws', thrower(new Error('no')), `retry 0 in ${RETRY_MS}`],
    ['throws what is no error', thrower(undefined), `retry 0 in ${RETRY_MS}`],
    ['throws Skip', thrower(new Skip()), 'ack 0'],
    ['throws RetryLater', thrower(new RetryLater(5)), 'retry 0 in 5'],
    ['throws DeadLetter', thrower(new DeadLetter('bad')), `retry 0 in ${RETRY_MS_MAX}`],
  ])('settles its message when it %s, in place and by a promise', async (_, handle, settlement) => {
    for (const each of [handle, async () => handle()]) {
      const { pool, events, push } = setUp(each);
      push(0);
      await pool.whenIdle();
      expect(events).toEqual(['start 0', settlement, 'end 0']);
    }
  });

  it('settles nothing after the handler settled, but a failure is still told', () => {
    const { pool, events, logger, leased } = setUp(() => {
      message.ack();
      throw new Error('afterwards');
    });
    const message = leased(0);
    pool.push([message]);
    expect(events).toEqual(['start 0', 'ack 0', 'end 0']);
    expect(logger.records).toHaveLength(1);
  });

  it('is logged as an error only when the message can never be handled', () => {
    const { logger, push } = setUp((offset) => {
      throw offset === 0 ? new DeadLetter('bad') : new Error('no');
    });
    push(0, 1);
    expect(logger.records.map(({ level, fields }) => [level, fields.offset, fields.reason])).toEqual([
      ['error', 0, 'bad'],
      ['warn', 1, 'no'],
    ]);
  });
});

describe('a pool of handlers', () => {
  it('starts in the order of arrival, never more at a time than allowed', async () => {
    const { handle, end } = manual();
    const { events, tally, push } = setUp(handle, 2);
    push(0, 1, 2, 3);
    expect(events).toEqual(['start 0', 'start 1']);
    expect([tally.runningCount, tally.bufferedCount]).toEqual([2, 2]);
    await end(1);
    expect(events.slice(2)).toEqual(['ack 1', 'end 1', 'start 2']);
    expect([tally.runningCount, tally.bufferedCount]).toEqual([2, 1]);
  });

  it('runs handlers that end at once one after the other, not inside each other, however many they are', () => {
    const { events, tally, push } = setUp(() => undefined);
    push(...Array.from({ length: 20_000 }, (_, offset) => offset));
    expect(events.slice(0, 4)).toEqual(['start 0', 'ack 0', 'end 0', 'start 1']);
    expect(events.at(-1)).toBe('end 19999');
    expect([tally.runningCount, tally.bufferedCount]).toEqual([0, 0]);
  });

  it('starts nothing while it is held, and hands out what it did not start', async () => {
    const { handle, end } = manual();
    const { pool, events, push } = setUp(handle);
    push(0, 1, 2);
    pool.hold(true);
    await end(0);
    expect(events).toEqual(['start 0', 'ack 0', 'end 0']);
    expect(pool.takeBuffered().map(({ message }) => message.offset)).toEqual([1, 2]);
    pool.hold(false);
    push(3);
    expect(events.at(-1)).toBe('start 3');
  });

  it('is idle when the last handler ended', async () => {
    const { handle, end } = manual();
    const { pool, push } = setUp(handle, 2);
    push(0, 1);
    let isIdle = false;
    const idle = pool.whenIdle().then(() => {
      isIdle = true;
    });
    await end(0);
    expect(isIdle).toBe(false);
    await end(1);
    await idle;
  });

  it('does not start a message whose lease ended or was lost while it waited', () => {
    const { pool, events, tally, leased } = setUp(() => undefined);
    const lost = leased(1);
    lost.lose('somebody else has it');
    pool.push([leased(0, 100), lost, leased(2, 101)]);
    expect(events).toEqual(['end 0', 'end 1', 'start 2', 'ack 2', 'end 2']);
    expect(tally.lostCount).toBe(2);
  });
});
