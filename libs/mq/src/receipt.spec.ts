import fc from 'fast-check';
import { decodeReceipt, encodeReceipt, RECEIPT_SPAN_COUNT_MAX, type ReceiptContent } from './receipt.js';

const KEY = Buffer.alloc(32, 7);
const CONTENT: ReceiptContent = {
  epoch: 3,
  leaseNumber: 400,
  queueId: 2,
  spans: [
    { from: 2 ** 40, to: 2 ** 40 + 5, attempt: 1 },
    { from: 2 ** 40 + 5, to: 2 ** 40 + 6, attempt: 2 },
  ],
};

/** The protocol takes no longer ones. */
const RECEIPT_CHARS_MAX = 512;

const anyContent: fc.Arbitrary<ReceiptContent> = fc
  .record({
    epoch: fc.nat(2 ** 31),
    leaseNumber: fc.nat(Number.MAX_SAFE_INTEGER),
    queueId: fc.nat(65_535),
    start: fc.nat({ max: 2 ** 52 }),
    parts: fc.array(fc.tuple(fc.nat(300_000), fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 9999 })), {
      minLength: 1,
      maxLength: RECEIPT_SPAN_COUNT_MAX,
    }),
  })
  .map(({ start, parts, ...rest }) => {
    let last = start;
    const spans = parts.map(([gap, count, attempt]) => {
      const from = last + gap;
      last = from + count;
      return { from, to: last, attempt };
    });
    return { ...rest, spans };
  });

describe('a receipt', () => {
  it('gives back what was put in, and is never longer than the protocol allows', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        const receipt = encodeReceipt(KEY, 'g', 'orders', content);
        expect(receipt.length).toBeLessThanOrEqual(RECEIPT_CHARS_MAX);
        expect(decodeReceipt(KEY, 'g', 'orders', receipt)).toEqual(content);
      }),
    );
  });

  it('proves nothing after any of its bits was flipped, nor cut anywhere', () => {
    const bytes = Buffer.from(encodeReceipt(KEY, 'g', 'orders', CONTENT), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const bent = Buffer.from(bytes);
      bent.writeUInt8(bent.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(decodeReceipt(KEY, 'g', 'orders', bent.toString('base64url'))).toBeUndefined();
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeReceipt(KEY, 'g', 'orders', bytes.toString('base64url', 0, length))).toBeUndefined();
    }
  });

  it('proves nothing under another key, for another group or for another topic', () => {
    const receipt = encodeReceipt(KEY, 'g', 'orders', CONTENT);
    expect(decodeReceipt(Buffer.alloc(32, 8), 'g', 'orders', receipt)).toBeUndefined();
    expect(decodeReceipt(KEY, 'go', 'rders', receipt)).toBeUndefined();
    expect(decodeReceipt(KEY, 'g', 'order', receipt)).toBeUndefined();
  });
});
