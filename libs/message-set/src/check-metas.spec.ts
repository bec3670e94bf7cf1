import { checkMetas } from './check-metas.js';
import type { MessageDraft } from './message.js';
import { META, META_FIXED_BYTES, metaBytes, writeMeta } from './message-meta.format.js';

const plain: MessageDraft = {
  messageId: 'ab'.repeat(16),
  type: 'normal',
  bornAtMs: 1,
  bodyEncoding: 'raw',
  body: Buffer.from('body'),
};
/** Every optional field with one thing in it, in the order in which they are written. */
const FIELDS: readonly (readonly [string, Partial<MessageDraft>, number])[] = [
  ['tag', { tag: 't' }, 1 + 1],
  ['keys', { keys: ['k'] }, 2 + 2 + 1],
  ['ordering key', { orderingKey: 'o' }, 2 + 1],
  ['properties', { properties: { p: 'v' } }, 2 + 2 + 1 + 2 + 1],
  ['born host', { bornHost: 'h' }, 2 + 1],
  ['deliver-at', { deliverAtMs: 2 }, 8],
  ['expires-at', { expiresAtMs: 3 }, 8],
  ['transaction id', { transactionId: 'x' }, 2 + 1],
  ['traceparent', { traceparent: '0' }, 2 + 1],
  ['extensions', { extensions: new Map([[9, Buffer.from('e')]]) }, 2 + 6 + 1],
];
const full: MessageDraft = Object.assign({ ...plain }, ...FIELDS.map(([, field]) => field));

/** The metas of these messages, one behind the other. */
function metasOf(...drafts: readonly MessageDraft[]): Buffer {
  const bytes = Buffer.alloc(drafts.reduce((sum, draft) => sum + metaBytes(draft), 0));
  let at = 0;
  let bodyStart = 0;
  drafts.forEach((draft, index) => {
    at = writeMeta(bytes, at, draft, index, bodyStart);
    bodyStart += draft.body.length;
  });
  return bytes;
}

/** What is wrong with metas that should describe `count` messages. */
function fault(bytes: Buffer, count: number, rawBytes = count * plain.body.length): string | undefined {
  return checkMetas(bytes, 0, bytes.length, count, rawBytes);
}

/** The meta of one message, with a number written over a place of its fixed part. */
function changed(at: number, value: number, size = 4, draft = plain): Buffer {
  const bytes = metasOf(draft);
  bytes.writeUIntBE(value, at, size);
  return bytes;
}

describe('metas', () => {
  it('are fine as they are written, at any place of a larger buffer', () => {
    const bytes = metasOf(full, plain, full);
    expect(fault(bytes, 3)).toBeUndefined();
    const around = Buffer.concat([Buffer.alloc(9, 0xff), bytes, Buffer.alloc(9, 0xff)]);
    expect(checkMetas(around, 9, 9 + bytes.length, 3, 12)).toBeUndefined();
  });

  it.each(FIELDS)('have a %s that ends inside its meta', (_, field, size) => {
    const bytes = metasOf({ ...plain, ...field });
    expect(bytes.length).toBe(META_FIXED_BYTES + size);
    expect(fault(bytes, 1)).toBeUndefined();
    for (let missing = 1; missing <= size; missing++) {
      // What follows is another message's, so that reading on would find bytes.
      const short = Buffer.concat([bytes.subarray(0, bytes.length - missing), metasOf(plain)]);
      short.writeUInt32BE(bytes.length - missing, 0);
      short.writeUInt32BE(1, bytes.length - missing + META.offsetDeltaAt);
      short.writeUInt32BE(4, bytes.length - missing + META.bodyStartAt);
      expect(fault(short, 2)).toBe('message 0: fields that do not fill their meta');
    }
    const long = Buffer.concat([bytes, Buffer.of(0)]);
    long.writeUInt32BE(long.length, 0);
    expect(fault(long, 1)).toBe('message 0: fields that do not fill their meta');
  });

  it.each([
    ['its length reaches beyond the metas', changed(0, META_FIXED_BYTES + 1), 'a meta of 45 bytes'],
    ['its length is below that of the fixed part', changed(0, META_FIXED_BYTES - 1), 'a meta of 43 bytes'],
    ['its offset is not its place', changed(META.offsetDeltaAt, 1), 'a wrong offset delta'],
    ['its body leaves a gap', changed(META.bodyStartAt, 1), 'a gap before its body'],
    ['its body ends outside', changed(META.bodyLengthAt, 5), 'a body beyond the bodies block'],
    ['its type has no name', changed(META.typeAt, 200, 1), 'type 200'],
    ['its encoding has no name', changed(META.encodingAt, 200, 1), 'body encoding 200'],
    ['it was born after 2^53 ms', changed(META.bornAt, 0x200000), 'a born time above 2^53 - 1'],
    ['it has a field of a later version', changed(META.presentAt, 1024, 2), 'presence bits 1024'],
  ])('are refused when of one message %s', (_, bytes, want) => {
    expect(fault(bytes, 1)).toBe(`message 0: ${want}`);
  });

  it('are refused when they or the bodies are more or fewer than the set says', () => {
    const two = metasOf(plain, plain);
    expect(fault(two, 1)).toBe('44 bytes after the last meta');
    expect(fault(two, 3)).toBe('message 2: no room for its meta');
    expect(fault(two, 2, 9)).toBe('1 bytes after the last body');
    expect(fault(two, 2, 7)).toBe('message 1: a body beyond the bodies block');
  });

  it('are refused when a body begins inside the one before', () => {
    const two = metasOf(plain, plain);
    two.writeUInt32BE(3, META_FIXED_BYTES + META.bodyStartAt);
    expect(fault(two, 2)).toBe('message 1: a gap before its body');
  });

  it.each([
    ['deliver-at', { deliverAtMs: 0 }],
    ['expires-at', { expiresAtMs: 0 }],
  ])('hold no %s above 2^53 - 1', (_, field) => {
    const bytes = metasOf({ ...plain, ...field });
    bytes.writeUInt32BE(0x200000, META_FIXED_BYTES);
    expect(fault(bytes, 1)).toBe('message 0: fields that do not fill their meta');
  });

  it('hold no extension of number 0', () => {
    const bytes = metasOf({ ...plain, extensions: new Map([[1, Buffer.from('e')]]) });
    bytes.writeUInt16BE(0, META_FIXED_BYTES + 2);
    expect(fault(bytes, 1)).toBe('message 0: fields that do not fill their meta');
  });
});
