import type { ExtendRequest, SettleAnswer } from '#mq-protocol';
import { parseExtendRequest, settleBody } from '#mq-protocol';
import { VirtualClock } from '#platform/testing';
import { resolveConsumerOptions } from './consumer.options.js';
import { newConsumerTally } from './consumer-tally.js';
import { LeaseKeeper } from './lease-keeper.js';
import { LeasedMessage } from './leased-message.js';

const MESSAGE = {
  messageId: '0'.repeat(32),
  topic: 'orders',
  tag: undefined,
  keys: [],
  orderingKey: undefined,
  queueId: 0,
  deliveryAttempt: 1,
  bornAtMs: 0,
  storedAtMs: 0,
  headers: {},
  traceparent: undefined,
  body: Buffer.alloc(0),
  bodyEncoding: 'raw',
} as const;

function setUp(perReceipt: number, count: number) {
  const clock = new VirtualClock();
  const requests: ExtendRequest[] = [];
  const extend = async (request: ExtendRequest): Promise<SettleAnswer> => {
    requests.push(parseExtendRequest(settleBody(request)));
    return { outcomes: request.items.map(() => 'settled') };
  };
  const options = resolveConsumerOptions({ group: 'g', subscriptions: [{ topic: 'orders' }], leaseMs: 1000 });
  const keeper = new LeaseKeeper(options, { extend }, clock, newConsumerTally());
  const desk = {
    settle: () => undefined,
    release: () => undefined,
    retryDelayMs: () => 0,
    extend: async () => false,
  };
  const messages = Array.from({ length: count }, (_, offset) => {
    const receipt = `receipt ${Math.floor(offset / perReceipt)}`;
    return new LeasedMessage({ ...MESSAGE, offset }, receipt, 1000, 0, desk);
  });
  for (const each of messages) keeper.add(each);
  return { clock, requests, messages };
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
});
