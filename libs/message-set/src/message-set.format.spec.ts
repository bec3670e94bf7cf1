import fc from 'fast-check';
import { checkMessageSet, isBrokerPartIntact } from './check-message-set.js';
import { decodeMessages, messageIds, messageMetas } from './decode-messages.js';
import { BODY_ENCODINGS, MESSAGE_TYPES, type MessageDraft } from './message.js';
import { encodeMessageSet, fillBrokerPart } from './message-set.format.js';
import { type MessageSetDraft, SET_KINDS } from './message-set.js';
import { MessageSetError } from './message-set-error.js';
import { viewMessageSet } from './message-set-view.js';

const ID = '000102030405060708090a0b0c0d0e0f';

function message(fields: Partial<MessageDraft> = {}): MessageDraft {
  return { messageId: ID, type: 'normal', bornAtMs: 1, bodyEncoding: 'raw', body: Buffer.from('hi'), ...fields };
}

function draft(fields: Partial<MessageSetDraft> = {}): MessageSetDraft {
  return {
    kind: 'messages',
    topic: 'orders',
    queueId: 3,
    producerId: 7,
    producerEpoch: 8,
    firstSequence: 9,
    messages: [message()],
    ...fields,
  };
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const ms = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const anyMessage: fc.Arbitrary<MessageDraft> = fc.record({
  messageId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  type: fc.constantFrom(...MESSAGE_TYPES),
  tag: optional(fc.string({ unit: 'grapheme', maxLength: 20 })),
  keys: optional(fc.array(text, { maxLength: 4 })),
  orderingKey: optional(text),
  properties: optional(fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true })),
  bornAtMs: ms,
  bornHost: optional(text),
  deliverAtMs: optional(ms),
  expiresAtMs: optional(ms),
  transactionId: optional(text),
  bodyEncoding: fc.constantFrom(...BODY_ENCODINGS),
  traceparent: optional(text),
  extensions: optional(
    fc
      .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 65535 }), fc.uint8Array({ maxLength: 9 })), {
        selector: ([number]) => number,
        maxLength: 3,
      })
      .map((pairs) => new Map(pairs)),
  ),
  body: fc.uint8Array({ maxLength: 200 }),
});
const anySet: fc.Arbitrary<MessageSetDraft> = fc.record({
  kind: fc.constantFrom(...SET_KINDS),
  topic: fc.stringMatching(/^[A-Za-z0-9_%-][A-Za-z0-9_.%-]{0,30}$/),
  queueId: fc.integer({ min: 0, max: 65535 }),
  producerId: ms,
  producerEpoch: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  firstSequence: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  messages: fc.array(anyMessage, { minLength: 1, maxLength: 6 }),
});

function readBack(bytes: Buffer): MessageSetDraft {
  const view = viewMessageSet(bytes);
  const messages = decodeMessages(view).map(({ offset: _, ...rest }) => ({
    ...rest,
    body: new Uint8Array(rest.body),
    extensions: rest.extensions && new Map([...rest.extensions].map(([key, value]) => [key, new Uint8Array(value)])),
  }));
  const { kind, topic, queueId, producerId, producerEpoch, firstSequence } = view;
  return { kind, topic, queueId, producerId, producerEpoch, firstSequence, messages };
}

describe('a message set', () => {
  it('gives back every field that was put in', () => {
    fc.assert(
      fc.property(anySet, (given) => {
        const bytes = encodeMessageSet(given);
        expect(checkMessageSet(bytes)).toEqual({
          kind: 'ok',
          sizeBytes: bytes.length,
          messageCount: given.messages.length,
        });
        expect(readBack(bytes)).toEqual(given);
      }),
    );
  });

  it('has the bytes of version 1', () => {
    const bytes = encodeMessageSet(draft({ messages: [message({ tag: 'eu', deliverAtMs: 2 })] }));
    const brokerPart = '00'.repeat(24);
    const header =
      '0000006f b44f1599 01000000 00000001 0000000000000007 00000008 00000009 00000037 00000002 00000002 0003 0006';
    const meta = `00000037 00000000 ${ID} 0000000000000001 00000000 00000002 0021 00 00 026575 0000000000000002`;
    const want = `${brokerPart}${header}${Buffer.from('orders').toString('hex')}${meta}6869`.replaceAll(' ', '');
    expect(bytes.toString('hex')).toBe(want);
  });

  it('takes offsets from the broker part that the broker filled', () => {
    const bytes = encodeMessageSet(draft({ messages: [message(), message(), message()] }));
    fillBrokerPart(bytes, 0, 2 ** 40 + 5, 1234);
    const view = viewMessageSet(bytes);
    expect([view.baseOffset, view.storedAtMs, isBrokerPartIntact(bytes, 0)]).toEqual([2 ** 40 + 5, 1234, true]);
    expect(decodeMessages(view).map((each) => each.offset)).toEqual([5, 6, 7].map((each) => 2 ** 40 + each));
    expect([...messageMetas(view)].map((each) => each.offset - 2 ** 40)).toEqual([5, 6, 7]);
    expect(messageIds(view)).toEqual([ID, ID, ID]);
  });

  it('holds a thousand messages of a kilobyte', () => {
    const messages = Array.from({ length: 1000 }, () => message({ body: Buffer.alloc(1024, 1) }));
    const bytes = encodeMessageSet(draft({ messages }));
    expect(checkMessageSet(bytes).kind).toBe('ok');
    expect(decodeMessages(viewMessageSet(bytes))[999]?.body.length).toBe(1024);
  });

  const refused: [string, Partial<MessageSetDraft>][] = [
    ['bad-count', { messages: [] }],
    ['bad-topic', { topic: '' }],
    ['bad-topic', { topic: '../x' }],
    ['bad-topic', { topic: '.x' }],
    ['bad-topic', { topic: 'x'.repeat(128) }],
    ['bad-queue-id', { queueId: 65536 }],
    ['bad-queue-id', { queueId: -1 }],
    ['bad-number', { producerId: 2 ** 53 }],
    ['bad-number', { firstSequence: 1.5 }],
    ['bad-message-id', { messages: [message({ messageId: ID.toUpperCase().replace('0', 'G') })] }],
    ['bad-message-id', { messages: [message({ messageId: `${ID}00` })] }],
    ['bad-number', { messages: [message({ bornAtMs: Number.NaN })] }],
    ['bad-number', { messages: [message({ extensions: new Map([[0, Buffer.of(1)]]) })] }],
    ['too-large', { messages: [message({ tag: 'x'.repeat(256) })] }],
    ['too-large', { messages: [message({ orderingKey: 'é'.repeat(32768) })] }],
    ['too-large', { messages: [message({ body: Buffer.alloc(64 * 1024 * 1024) })] }],
  ];
  it.each(refused)('is refused as %s: %#', (code, fields) => {
    expect(() => encodeMessageSet(draft(fields))).toThrow(expect.objectContaining({ code }));
    expect(() => encodeMessageSet(draft(fields))).toThrow(MessageSetError);
  });
});
