import type { ExtendRequest, SettleAnswer } from '#mq-protocol';
import { parseExtendRequest, settleBody } from '#mq-protocol';
import { VirtualClock } from '#platform/testing';
import { BARE_MESSAGE } from '../testing/bare-message.js';
import { resolveConsumerOptions } from './consumer.options.js';
import { newConsumerTally } from './consumer-tally.js';
import { LeaseKeeper } from './lease-keeper.js';
import { LeasedMessage } from './leased-message.js';

type Outcome = SettleAnswer['outcomes'][number];

/** A keeper of `count` messages with leases of 1000 ms; `answer` tells the outcome for a receipt, or throws. */
function setUp(perReceipt: number, count: number, answer: (receipt: string) => Outcome = () => 'settled') {
  const clock = new VirtualClock();
  const requests: ExtendRequest[] = [];
  const extend = async (request: ExtendRequest): Promise<SettleAnswer> => {
    requests.push(parseExtendRequest(settleBody(request)));
    return { outcomes: request.items.map(({ receipt }) => answer(receipt)) };
  };
  const subscriptions = [{ topic: 'orders' }];
  const options = resolveConsumerOptions({ group: 'g', subscriptions, leaseMs: 1000, leaseTotalMsMax: 3000 });
  const keeper = new LeaseKeeper(options, { extend }, clock, newConsumerTally());
  const desk = {
    settle: () => undefined,
    release: () => undefined,
    retryDelayMs: () => 0,
    extend: async () => false,
  };
  const messages = Array.from({ length: count }, (_, offset) => {
    const receipt = `receipt ${Math.floor(offset / perReceipt)}`;
    return new LeasedMessage({ ...BARE_MESSAGE, offset }, receipt, 1000, 0, desk);
  });
  for (const each of messages) keeper.add(each);
  return { clock, requests, messages, keeper };
}

describe('the keeper of leases', () => {
  it.each([
    ['receipts', 1, 5000],
    ['messages', 10_000, 70_000],
  ])('extends everything, in several requests when there are more %s than one may name', async (_, per, count) => {
    const { clock, requests, messages } = setUp(per, count);
    await clock.advance(900);
    expect(requests.length).toBeGreaterThan(1);
    expect(messages.every((each) => each.leaseEndMs > 1000)).toBe(true);
  });

  it('extends when half of a lease is left, from the moment of asking, and not before', async () => {
    const { clock, requests, messages } = setUp(2, 2);
    await clock.advance(499);
    expect(requests).toHaveLength(0);
    await clock.advance(1);
    expect(requests.map(({ items }) => items)).toEqual([[{ queueId: 0, receipt: 'receipt 0', offsets: [0, 1] }]]);
    expect(messages.map((each) => each.leaseEndMs)).toEqual([1500, 1500]);
  });

  it('gives up what the broker calls stale at once, and leaves the others of the request alone', async () => {
    const { clock, messages } = setUp(1, 2, (receipt) => (receipt === 'receipt 0' ? 'stale' : 'settled'));
    const signals = messages.map((each) => each.signal);
    await clock.advance(500);
    expect(messages.map((each) => each.state)).toEqual(['lost', 'held']);
    expect(signals.map((each) => each.aborted)).toEqual([true, false]);
  });

  it.each([
    ['does not know the receipt', (): Outcome => 'unknown'],
    [
      'does not answer',
      (): Outcome => {
        throw new Error('away');
      },
    ],
  ])('keeps a message until its lease ends when the broker %s, and tries again', async (_, answer) => {
    const { clock, requests, messages } = setUp(1, 1, answer);
    await clock.advance(999);
    expect([messages[0]?.state, requests.length]).toEqual(['held', 2]);
    await clock.advance(1);
    expect(messages[0]?.state).toBe('lost');
  });

  it('extends no more after the longest time in our hands, so that the lease ends', async () => {
    const { clock, messages } = setUp(1, 1);
    await clock.advance(3000);
    expect(messages[0]?.state).toBe('held');
    await clock.advance(1000);
    expect(messages[0]?.state).toBe('lost');
  });

  it('leaves no timer behind when nothing is held, and begins again with the next message', async () => {
    const { clock, requests, messages, keeper } = setUp(1, 1);
    const [message] = messages;
    if (message === undefined) throw new Error('one was made');
    keeper.remove(message);
    await clock.advance(250);
    expect([clock.scheduledCount(), requests.length]).toEqual([0, 0]);
    keeper.add(message);
    await clock.advance(250);
    expect(requests).toHaveLength(1);
    keeper.stop();
    expect(clock.scheduledCount()).toBe(0);
  });

  it('answers who extends by hand with whether the broker agreed to all', async () => {
    const { messages, keeper } = setUp(1, 2, (receipt) => (receipt === 'receipt 0' ? 'settled' : 'unknown'));
    expect(await keeper.extend('orders', messages.slice(0, 1), 5000)).toBe(true);
    expect(await keeper.extend('orders', messages, 5000)).toBe(false);
    expect(messages.map((each) => each.leaseEndMs)).toEqual([5000, 1000]);
  });
});
