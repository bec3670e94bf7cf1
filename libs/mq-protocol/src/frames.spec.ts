import fc from 'fast-check';
import { MqProtocolError } from './mq-protocol-error.js';
import { decodeReceiveAnswer, encodeReceiveAnswer } from './receive-answer.frame.js';
import { decodeSendAnswer, encodeSendAnswer } from './send-answer.frame.js';
import { decodeSendRequest, encodeSendRequest } from './send-request.frame.js';

const SETS = [Buffer.from('one'), Buffer.from('second'), Buffer.alloc(300, 7)];
const BODIES: readonly [string, (body: Buffer) => unknown, Buffer][] = [
  ['send request', decodeSendRequest, encodeSendRequest({ flushMode: 'fsync', sets: SETS })],
  [
    'send answer',
    decodeSendAnswer,
    encodeSendAnswer([
      { kind: 'placed', topic: 'orders', queueId: 3, baseOffset: 2 ** 40, storedAtMs: 1_700_000_000_000 },
      { kind: 'refused', code: 'disk-full', message: 'the disk is full', retryable: true },
    ]),
  ],
  [
    'receive answer',
    decodeReceiveAnswer,
    encodeReceiveAnswer({
      runs: [
        { queueId: 1, receipt: 'r1', offsets: [5, 6, 9], attempts: [1, 1, 2], sets: SETS, storedAtMs: [1, 2, 3] },
        { queueId: 2, receipt: 'r2', offsets: [0], attempts: [1], sets: [Buffer.from('x')], storedAtMs: [4] },
      ],
    }),
  ],
  [
    'refused receive',
    decodeReceiveAnswer,
    encodeReceiveAnswer({ kind: 'refused', code: 'draining', message: 'closing', retryable: true }),
  ],
];

function outcome(decode: (body: Buffer) => unknown, body: Buffer): unknown {
  try {
    return decode(body);
  } catch (error) {
    if (error instanceof MqProtocolError) return error.code;
    throw error;
  }
}

describe('operation frames', () => {
  it('a send request comes back as it was, its sets sharing the memory of the body', () => {
    const body = encodeSendRequest({ flushMode: 'fsync', sets: SETS });
    const decoded = decodeSendRequest(body);
    expect(decoded).toEqual({ flushMode: 'fsync', sets: SETS });
    expect(decoded.sets[0]?.buffer).toBe(body.buffer);
  });

  it.each(BODIES)('%s: every shorter prefix is malformed, and so is a byte too many', (_, decode, body) => {
    for (let size = 0; size < body.length; size++) expect(outcome(decode, body.subarray(0, size))).toBe('malformed');
    expect(outcome(decode, Buffer.concat([body, Buffer.from([0])]))).toBe('malformed');
  });

  it.each(BODIES)('%s: another version is told apart', (_, decode, body) => {
    const newer = Buffer.from(body);
    newer.writeUInt8(9, 0);
    expect(outcome(decode, newer)).toBe('unsupported-version');
  });

  it.each(BODIES)('%s: no bytes make the decoder throw anything but its own error', (_, decode, body) => {
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(255), (at, value) => {
        const bent = Buffer.from(body);
        bent.writeUInt8(value, at);
        outcome(decode, bent);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        outcome(decode, Buffer.from(bytes));
      }),
    );
  });

  it('a receive answer comes back as it was, whatever the offsets and attempts', () => {
    const offsets = fc
      .uniqueArray(fc.nat(500), { minLength: 1 })
      .map((list) => list.sort((left, right) => left - right));
    fc.assert(
      fc.property(offsets, fc.nat(65_535), (list, queueId) => {
        const attempts = list.map((offset) => (offset % 3) + 1);
        const answer = {
          runs: [{ queueId, receipt: 'token', offsets: list, attempts, sets: SETS, storedAtMs: [1, 2, 3] }],
        };
        expect(decodeReceiveAnswer(encodeReceiveAnswer(answer))).toEqual(answer);
      }),
    );
  });

  it('leased offsets that no receive can ask for are refused before they are built', () => {
    const body = encodeReceiveAnswer({
      runs: [{ queueId: 0, receipt: 'r', offsets: [1], attempts: [1], sets: [Buffer.from('x')], storedAtMs: [1] }],
    });
    body.writeUInt32BE(0xffff_ffff, 4 + 12 + 1 + 8);
    expect(outcome(decodeReceiveAnswer, body)).toBe('malformed');
  });

  it('a send answer comes back as it was', () => {
    const outcomes = decodeSendAnswer(BODIES[1]?.[2] ?? Buffer.alloc(0));
    expect(outcomes).toEqual([
      { kind: 'placed', topic: 'orders', queueId: 3, baseOffset: 2 ** 40, storedAtMs: 1_700_000_000_000 },
      { kind: 'refused', code: 'disk-full', message: 'the disk is full', retryable: true },
    ]);
  });
});
