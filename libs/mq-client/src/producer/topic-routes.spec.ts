import { VirtualClock } from '#platform/testing';
import type { BrokerOperations } from '../broker-operations.js';
import { MqError } from '../mq-error.js';
import { TopicRoutes } from './topic-routes.js';

const TIMING = { sendTimeoutMs: 1000, retryMsMax: 100 };
const NEW_TOPIC_QUEUE_COUNT = 4;

/** Routes over a broker that gives the next of `answers`, and the last one for ever after. */
function setUp(...answers: readonly (number | MqError)[]) {
  const clock = new VirtualClock();
  let askedCount = 0;
  const describeTopic = async (topic: string) => {
    const answer = answers[Math.min(askedCount, answers.length - 1)] ?? 0;
    askedCount += 1;
    await clock.sleep(10);
    if (answer instanceof MqError) throw answer;
    return { topic, queueCount: answer, queues: [] };
  };
  // Nothing else of the operations is used.
  const operations = { describeTopic } as unknown as BrokerOperations;
  const routes = new TopicRoutes(operations, clock, TIMING, NEW_TOPIC_QUEUE_COUNT);
  const events: string[] = [];
  const find = (name: string) =>
    routes.find(
      'orders',
      (route) => events.push(`${name}: ${route.lanes.length} queues at ${clock.monotonicMs()}`),
      (error) => events.push(`${name}: ${error.code}, ${error.outcome} at ${clock.monotonicMs()}`),
    );
  const known = () => routes.known('orders');
  return { clock, routes, events, find, known, askedCount: () => askedCount };
}

const unknownTopic = new MqError('unknown-topic', 'no topic');
const away = new MqError('unavailable', 'away', { outcome: 'unknown', retryable: true });

describe('the route of a topic', () => {
  it('is asked for once, and given to all who wait in the order they came', async () => {
    const { clock, events, find, askedCount } = setUp(3);
    find('one');
    find('two');
    await clock.advance(5);
    find('three');
    await clock.advance(5);
    expect(events).toEqual(['one: 3 queues at 10', 'two: 3 queues at 10', 'three: 3 queues at 10']);
    expect(askedCount()).toBe(1);
  });

  it('has a lane for each queue, even when the broker claims that there is none', async () => {
    const { clock, find, known } = setUp(0);
    find('one');
    await clock.advance(10);
    expect(known()?.lanes.map((lane) => lane.queueId)).toEqual([0]);
  });

  it('is asked for again while the broker is away', async () => {
    const { clock, events, find } = setUp(away, away, 2);
    find('one');
    await clock.advance(1000);
    expect(events).toEqual(['one: 2 queues at 130']);
  });

  it('fails in time when the broker stays away: certainly nothing was sent', async () => {
    const { clock, events, find, known } = setUp(away);
    find('one');
    await clock.advance(TIMING.sendTimeoutMs);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatch(/^one: unavailable, failed at /);
    expect(known()).toBeUndefined();
  });

  it('fails at once when asking again is of no use, and the next send asks anew', async () => {
    const { clock, events, find } = setUp(new MqError('access-denied', 'no'), 2);
    find('one');
    await clock.advance(10);
    find('two');
    await clock.advance(10);
    expect(events).toEqual(['one: access-denied, failed at 10', 'two: 2 queues at 20']);
  });
});

describe('the route of a topic that does not exist', () => {
  it('is a guess, until a send made the topic and the real number of queues is known', async () => {
    const { clock, routes, find, known } = setUp(unknownTopic, 2);
    find('one');
    await clock.advance(10);
    const guess = known();
    expect([guess?.lanes.length, guess?.isProvisional]).toEqual([NEW_TOPIC_QUEUE_COUNT, true]);
    if (guess !== undefined) routes.confirm(guess);
    await clock.advance(10);
    expect([known()?.lanes.length, known()?.isProvisional]).toEqual([2, false]);
  });

  it('keeps its lanes and what is in them when the guess was right', async () => {
    const { clock, routes, find, known, askedCount } = setUp(unknownTopic, NEW_TOPIC_QUEUE_COUNT);
    find('one');
    await clock.advance(10);
    const guess = known();
    if (guess !== undefined) routes.confirm(guess);
    await clock.advance(10);
    expect(known()).toBe(guess);
    if (guess !== undefined) routes.confirm(guess);
    expect(askedCount()).toBe(2);
  });

  it('is confirmed later when the broker does not answer now', async () => {
    const { clock, routes, find, known } = setUp(unknownTopic, away, 2);
    find('one');
    await clock.advance(10);
    const guess = known();
    if (guess !== undefined) routes.confirm(guess);
    await clock.advance(10);
    expect(known()?.isProvisional).toBe(true);
    if (guess !== undefined) routes.confirm(guess);
    await clock.advance(10);
    expect(known()?.lanes.length).toBe(2);
  });
});
