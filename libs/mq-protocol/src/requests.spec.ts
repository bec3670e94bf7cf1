import { MqProtocolError } from './mq-protocol-error.js';
import { parseReceiveRequest } from './receive-request.js';
import {
  parseAckRequest,
  parseExtendRequest,
  parseNackRequest,
  parseSettleAnswer,
  settleBody,
} from './settle-requests.js';
import { parseGroupList, parseRefusal, parseTopicDescription } from './topic-answers.js';
import { parseCreateTopicRequest } from './topic-requests.js';

const RECEIVE = {
  group: 'billing',
  topic: 'orders',
  queueId: -1,
  messageCountMax: 32,
  bytesMax: 1_000_000,
  waitMs: 20_000,
  visibilityMs: 30_000,
  attemptId: 'a1',
  startFrom: 'earliest',
};
const ACK = { group: 'g', topic: 't', items: [{ queueId: 1, receipt: 'r', offsets: [3, 4, 5, 9] }] };

function problemsOf(task: () => unknown): readonly string[] {
  try {
    task();
  } catch (error) {
    if (error instanceof MqProtocolError && error.code === 'bad-request') return error.problems;
    throw error;
  }
  return [];
}

describe('operation objects', () => {
  it('a sound receive request comes back as it was', () => {
    expect(parseReceiveRequest(RECEIVE)).toEqual(RECEIVE);
  });

  it('every problem of a request is listed at once', () => {
    const problems = problemsOf(() =>
      parseReceiveRequest({ ...RECEIVE, queueId: 1.5, waitMs: -1, startFrom: 'middle', group: 7 }),
    );
    expect(problems.map((each) => each.split(':')[0])).toEqual([
      'receive.group',
      'receive.queueId',
      'receive.waitMs',
      'receive.startFrom',
    ]);
  });

  it.each([null, undefined, 'text', 5, [], { __proto__: RECEIVE }])('%p is no receive request', (value) => {
    expect(problemsOf(() => parseReceiveRequest(value))).not.toEqual([]);
  });

  it('an ack travels as ranges and comes back as offsets', () => {
    const body = settleBody(ACK);
    expect(body.items[0]?.ranges).toEqual([3, 3, 9, 1]);
    expect(parseAckRequest(body)).toEqual(ACK);
  });

  it('a nack and an extend keep their times', () => {
    expect(parseNackRequest(settleBody({ ...ACK, delayMs: 5 }))).toEqual({ ...ACK, delayMs: 5 });
    const neutral = { ...ACK, delayMs: 0, countsAsFailure: false };
    expect(parseNackRequest(settleBody(neutral))).toEqual(neutral);
    expect(() => parseNackRequest({ ...settleBody(neutral), countsAsFailure: 0 })).toThrow('true or false');
    expect(parseExtendRequest(settleBody({ ...ACK, visibilityMs: 7 }))).toEqual({ ...ACK, visibilityMs: 7 });
  });

  it.each([[[]], [[1]], [[5, 1, 3, 1]], [[0, 0]], [[0, 4_000_000_000]], [[-1, 2]], [['0', 1]], [[2 ** 53, 1]]])(
    'ranges %p are refused',
    (ranges) => {
      const items = [{ queueId: 0, receipt: 'r', ranges }];
      expect(problemsOf(() => parseAckRequest({ group: 'g', topic: 't', items }))).not.toEqual([]);
    },
  );

  it('topics, groups, answers and refusals are read or refused', () => {
    expect(parseCreateTopicRequest({ topic: 't', queueCount: 4 })).toEqual({ topic: 't', queueCount: 4 });
    expect(problemsOf(() => parseCreateTopicRequest({ topic: '', queueCount: 0 }))).toHaveLength(2);
    expect(parseSettleAnswer({ outcomes: ['settled', 'stale'] })).toEqual({ outcomes: ['settled', 'stale'] });
    expect(problemsOf(() => parseSettleAnswer({ outcomes: ['gone'] }))).toHaveLength(1);
    expect(problemsOf(() => parseTopicDescription({ topic: 't', queueCount: 1, queues: [{}] }))).toHaveLength(3);
    expect(parseGroupList({ groups: [{ group: 'g', topic: 't' }] })).toEqual({ groups: [{ group: 'g', topic: 't' }] });
    const refusal = { kind: 'refused', code: 'draining', message: 'm', retryable: true };
    expect(parseRefusal(refusal)).toEqual(refusal);
    expect(parseRefusal({ outcomes: [] })).toBeUndefined();
  });
});
