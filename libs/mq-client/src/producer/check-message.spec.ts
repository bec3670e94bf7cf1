import fc from 'fast-check';
import { BODY_ENCODINGS, encodeMessageSet, SET_HEADER_BYTES } from '#message-set';
import { MqError } from '../mq-error.js';
import type { OutgoingMessage } from '../outgoing-message.js';
import { specMessage } from '../testing/spec-message.js';
import { checkMessage } from './check-message.js';

const BYTES_MAX = 4 * 1024 * 1024;

/** Bytes that this message takes in a set. */
function encodedBytes({ topic, headers, ...rest }: OutgoingMessage): number {
  const message = {
    ...rest,
    messageId: '0'.repeat(32),
    type: 'normal' as const,
    bornAtMs: 1,
    properties: headers,
  };
  const head = { kind: 'messages', topic, queueId: 0, producerId: 0, producerEpoch: 0, firstSequence: 0 } as const;
  return encodeMessageSet({ ...head, messages: [message] }).length - SET_HEADER_BYTES - topic.length;
}

/** The code of the refusal, or `taken`. */
function verdict(more: Partial<OutgoingMessage>, bytesMax = BYTES_MAX): string {
  try {
    checkMessage(specMessage('x', more), bytesMax);
    return 'taken';
  } catch (error) {
    if (error instanceof MqError) return error.code;
    throw error;
  }
}

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 60 }));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const anyMessage: fc.Arbitrary<OutgoingMessage> = fc.record({
  topic: fc.constant('orders'),
  tag: optional(fc.string({ unit: 'binary', maxLength: 63 })),
  keys: optional(fc.array(text, { maxLength: 5 })),
  orderingKey: optional(text),
  headers: optional(fc.dictionary(text, text, { maxKeys: 5 })),
  traceparent: optional(text),
  body: fc.uint8Array({ maxLength: 100 }),
  bodyEncoding: fc.constantFrom(...BODY_ENCODINGS),
});

describe('the size of a message', () => {
  it('is never below its bytes in a set, so that a set never outgrows its limit', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(checkMessage(message, BYTES_MAX)).toBeGreaterThanOrEqual(encodedBytes(message));
      }),
    );
  });

  it('is refused above the limit, and taken at it', () => {
    const bytes = checkMessage(specMessage('x'), BYTES_MAX);
    expect([verdict({}, bytes), verdict({}, bytes - 1)]).toEqual(['taken', 'too-large']);
  });
});

describe('a message whose set could not be encoded', () => {
  // In bytes, not characters: ü has two.
  const refused: [string, Partial<OutgoingMessage>, Partial<OutgoingMessage>][] = [
    ['tag', { tag: 'x'.repeat(255) }, { tag: 'ü'.repeat(128) }],
    ['ordering key', { orderingKey: 'x'.repeat(65_535) }, { orderingKey: 'ü'.repeat(32_768) }],
    ['traceparent', { traceparent: 'x'.repeat(65_535) }, { traceparent: 'x'.repeat(65_536) }],
    ['key', { keys: ['x'.repeat(65_535)] }, { keys: ['fine', 'x'.repeat(65_536)] }],
    ['header', { headers: { x: 'x'.repeat(65_535) } }, { headers: { x: 'x'.repeat(65_536) } }],
    ['header name', { headers: { ['x'.repeat(65_535)]: '' } }, { headers: { ['x'.repeat(65_536)]: '' } }],
  ];
  it.each(refused)('is refused alone: one with a %s that is too long', (_, longest, tooLong) => {
    expect([verdict(longest), verdict(tooLong)]).toEqual(['taken', 'bad-message']);
    expect(() => encodedBytes(specMessage('x', longest))).not.toThrow();
    expect(() => encodedBytes(specMessage('x', tooLong))).toThrow();
  });

  it('is refused alone: one with a text that is no text, from a caller without types', () => {
    // Exactly what the types forbid.
    const untyped = { headers: { retries: 3 } } as unknown as Partial<OutgoingMessage>;
    expect(verdict(untyped)).toBe('bad-message');
  });

  it('is refused by the name of its topic first', () => {
    expect(verdict({ topic: '../orders', tag: 'x'.repeat(300) })).toBe('bad-name');
  });
});
