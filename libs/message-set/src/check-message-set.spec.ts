import { checkMessageSet } from './check-message-set.js';
import { crcOf } from './crc32.js';
import { decodeMessages } from './decode-messages.js';
import type { MessageDraft } from './message.js';
import { encodeMessageSet, SET, SET_HEADER_BYTES } from './message-set.format.js';
import { viewMessageSet } from './message-set-view.js';

const first: MessageDraft = {
  messageId: 'ab'.repeat(16),
  type: 'ordered',
  tag: 't',
  keys: ['k1', 'k2'],
  orderingKey: 'o',
  properties: { p: 'v', __proto__x: 'w' },
  bornAtMs: 1,
  bornHost: 'h',
  deliverAtMs: 2,
  expiresAtMs: 3,
  transactionId: 'x',
  bodyEncoding: 'json',
  traceparent: '00-1',
  extensions: new Map([[9, Buffer.from('ext')]]),
  body: Buffer.from('first'),
};
const second: MessageDraft = {
  messageId: 'cd'.repeat(16),
  type: 'normal',
  bornAtMs: 4,
  bodyEncoding: 'raw',
  body: Buffer.from('second'),
};

function smallSet(): Buffer {
  return encodeMessageSet({
    kind: 'messages',
    topic: 'a.b',
    queueId: 1,
    producerId: 2,
    producerEpoch: 3,
    firstSequence: 4,
    messages: [first, second],
  });
}

/** As a hostile client would: any bytes under a CRC that fits. */
function resealed(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crcOf(bytes, SET.versionAt, bytes.length), SET.crcAt);
  return bytes;
}

describe('a check of bytes that claim to be a message set', () => {
  it('finds every truncation', () => {
    const whole = smallSet();
    for (let length = 0; length < whole.length; length++) {
      expect(checkMessageSet(whole.subarray(0, length)).kind).toBe('problem');
    }
  });

  it('finds every flipped bit of the client part', () => {
    const bytes = smallSet();
    for (let bit = SET.lengthAt * 8; bit < bytes.length * 8; bit++) {
      // Inside the buffer by the loop's bound.
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      expect([bit, checkMessageSet(bytes).kind]).toEqual([bit, 'problem']);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    }
    expect(checkMessageSet(bytes).kind).toBe('ok');
  });

  it('lets nothing through that decoding could trip over, even under a good CRC', () => {
    const bytes = smallSet();
    let harmless = 0;
    for (let at = SET.versionAt; at < bytes.length; at++) {
      const before = bytes.readUInt8(at);
      for (const value of [0, 1, before ^ 1, before ^ 0x80, before ^ 0xff, 0xff]) {
        bytes[at] = value;
        const check = checkMessageSet(resealed(bytes));
        if (check.kind === 'ok') {
          harmless += 1;
          const messages = decodeMessages(viewMessageSet(bytes));
          expect(messages.map((each) => each.body.length)).toEqual([5, 6]);
        }
      }
      bytes[at] = before;
    }
    expect(harmless).toBeGreaterThan(0);
  });

  it('trusts no announced size', () => {
    for (const at of [SET.lengthAt, SET.countAt, SET.metaBytesAt, SET.storedBytesAt, SET.rawBytesAt]) {
      const bytes = smallSet();
      bytes.writeUInt32BE(0xffffffff, at);
      expect(checkMessageSet(at === SET.lengthAt ? bytes : resealed(bytes)).kind).toBe('problem');
    }
  });

  it('says what is wrong', () => {
    const code = (bytes: Buffer) => {
      const check = checkMessageSet(bytes);
      return check.kind === 'problem' ? check.code : 'ok';
    };
    const changed = (at: number, value: number) => {
      const bytes = smallSet();
      bytes[at] = value;
      return bytes;
    };
    expect(code(Buffer.alloc(10))).toBe('truncated');
    expect(code(changed(SET.crcAt, 1))).toBe('bad-crc');
    expect(code(resealed(changed(SET.versionAt, 2)))).toBe('newer-version');
    expect(code(resealed(changed(SET.compressionAt, 1)))).toBe('unsupported-compression');
    expect(code(resealed(changed(SET_HEADER_BYTES, 0x2e)))).toBe('malformed');
  });

  it('finds the set at any place of a larger buffer and nothing behind its end', () => {
    const set = smallSet();
    const around = Buffer.concat([Buffer.alloc(13, 0xff), set, Buffer.alloc(7, 0xff)]);
    expect(checkMessageSet(around, 13)).toEqual({ kind: 'ok', sizeBytes: set.length, messageCount: 2 });
    expect(decodeMessages(viewMessageSet(around, 13)).map((each) => each.body.toString())).toEqual(['first', 'second']);
  });
});
