import { BODY_ENCODINGS, MESSAGE_TYPES, type MessageDraft } from './message.js';
import { MESSAGE_ID_BYTES, writeMessageId } from './message-id.js';
import { MessageSetError } from './message-set-error.js';
import { textBytes, writeText } from './text-bytes.js';
import { readU64, writeU64 } from './u64.js';

/**
 * What is known of one message, apart from its body. Never compressed, so that a broker filters, routes and expires without unpacking.
 *
 *   byte 0        4         8       24         32        36        40       42     43        44
 *        +--------+---------+-------+----------+---------+---------+--------+------+----------+---------------
 *        | length | offset  | id    | bornAtMs | body    | body    | present| type | encoding | optional fields
 *        | u32    | delta   | 16    | u64      | start   | length  | u16    | u8   | u8       | in order of bit
 *        |        | u32     | bytes |          | u32     | u32     |        |      |          |
 *        +--------+---------+-------+----------+---------+---------+--------+------+----------+---------------
 *
 * `length` counts the whole meta, so that it can be skipped; body start and length are in the uncompressed bodies block.
 * Optional fields, present if their bit is set (texts are UTF-8):
 *   bit 0 tag            u8 length, bytes             bit 5 deliver-at      u64 ms
 *   bit 1 keys           u16 count, each u16 + bytes  bit 6 expires-at      u64 ms
 *   bit 2 ordering key   u16 length, bytes            bit 7 transaction id  u16 length, bytes
 *   bit 3 properties     u16 count, each name, value  bit 8 traceparent     u16 length, bytes
 *   bit 4 born host      u16 length, bytes            bit 9 extensions      u16 count, each u16 number, u32 length, bytes
 * Other bits are zero in version 1: what comes later travels as an extension. Picture and reasons: docs/formats/message-meta.md.
 */
export const META_FIXED_BYTES = 44;

/** Bit numbers and places of the fields above, for those who read single fields. */
export const META = {
  offsetDeltaAt: 4,
  idAt: 8,
  bornAt: 24,
  bodyStartAt: 32,
  bodyLengthAt: 36,
  presentAt: 40,
  typeAt: 42,
  encodingAt: 43,
  tag: 1,
  keys: 2,
  orderingKey: 4,
  properties: 8,
  bornHost: 16,
  deliverAt: 32,
  expiresAt: 64,
  transactionId: 128,
  traceparent: 256,
  extensions: 512,
  knownBits: 1023,
} as const;

const TEXT_BYTES_MAX = 65535;
const TAG_BYTES_MAX = 255;
const COUNT_MAX = 65535;
const TYPE_NUMBERS: ReadonlyMap<string, number> = new Map(MESSAGE_TYPES.map((name, index) => [name, index]));
const ENCODING_NUMBERS: ReadonlyMap<string, number> = new Map(BODY_ENCODINGS.map((name, index) => [name, index]));

/** Bytes that `writeMeta` will write; checks every length on the way. @throws {MessageSetError} 'too-large', 'bad-number' */
export function metaBytes(draft: MessageDraft): number {
  let bytes = META_FIXED_BYTES;
  if (draft.tag !== undefined) bytes += 1 + textBytes(draft.tag, TAG_BYTES_MAX, 'tag');
  if (draft.keys !== undefined) bytes += keysBytes(draft.keys);
  if (draft.orderingKey !== undefined) bytes += 2 + textBytes(draft.orderingKey, TEXT_BYTES_MAX, 'ordering key');
  if (draft.properties !== undefined) bytes += propertiesBytes(draft.properties);
  if (draft.bornHost !== undefined) bytes += 2 + textBytes(draft.bornHost, TEXT_BYTES_MAX, 'born host');
  if (draft.deliverAtMs !== undefined) bytes += 8;
  if (draft.expiresAtMs !== undefined) bytes += 8;
  if (draft.transactionId !== undefined) bytes += 2 + textBytes(draft.transactionId, TEXT_BYTES_MAX, 'transaction id');
  if (draft.traceparent !== undefined) bytes += 2 + textBytes(draft.traceparent, TEXT_BYTES_MAX, 'traceparent');
  if (draft.extensions !== undefined) bytes += extensionsBytes(draft.extensions);
  return bytes;
}

/** Writes the meta of message number `delta` of its set; returns the position after it. @throws {MessageSetError} 'bad-message-id', 'bad-number' */
export function writeMeta(target: Buffer, at: number, draft: MessageDraft, delta: number, bodyStart: number): number {
  let present = 0;
  let end = at + META_FIXED_BYTES;
  if (draft.tag !== undefined) {
    present |= META.tag;
    const after = writeText(target, end + 1, draft.tag);
    target[end] = after - end - 1;
    end = after;
  }
  if (draft.keys !== undefined) {
    present |= META.keys;
    end = writeKeys(target, end, draft.keys);
  }
  if (draft.orderingKey !== undefined) {
    present |= META.orderingKey;
    end = writeLengthAndText(target, end, draft.orderingKey);
  }
  if (draft.properties !== undefined) {
    present |= META.properties;
    end = writeProperties(target, end, draft.properties);
  }
  end = writeLaterFields(target, end, draft);
  writeFixed(target, at, draft, present | laterPresent(draft));
  target.writeUInt32BE(end - at, at);
  target.writeUInt32BE(delta, at + META.offsetDeltaAt);
  target.writeUInt32BE(bodyStart, at + META.bodyStartAt);
  return end;
}

function writeFixed(target: Buffer, at: number, draft: MessageDraft, present: number): void {
  writeMessageId(target, at + META.idAt, draft.messageId);
  writeU64(target, at + META.bornAt, checkedMs(draft.bornAtMs, 'bornAtMs'));
  target.writeUInt32BE(draft.body.length, at + META.bodyLengthAt);
  target.writeUInt16BE(present, at + META.presentAt);
  target[at + META.typeAt] = numberOf(TYPE_NUMBERS, draft.type, 'type');
  target[at + META.encodingAt] = numberOf(ENCODING_NUMBERS, draft.bodyEncoding, 'body encoding');
}

function laterPresent(draft: MessageDraft): number {
  return (
    (draft.bornHost === undefined ? 0 : META.bornHost) |
    (draft.deliverAtMs === undefined ? 0 : META.deliverAt) |
    (draft.expiresAtMs === undefined ? 0 : META.expiresAt) |
    (draft.transactionId === undefined ? 0 : META.transactionId) |
    (draft.traceparent === undefined ? 0 : META.traceparent) |
    (draft.extensions === undefined ? 0 : META.extensions)
  );
}

function writeLaterFields(target: Buffer, at: number, draft: MessageDraft): number {
  let end = at;
  if (draft.bornHost !== undefined) end = writeLengthAndText(target, end, draft.bornHost);
  if (draft.deliverAtMs !== undefined) end = writeMs(target, end, draft.deliverAtMs, 'deliverAtMs');
  if (draft.expiresAtMs !== undefined) end = writeMs(target, end, draft.expiresAtMs, 'expiresAtMs');
  if (draft.transactionId !== undefined) end = writeLengthAndText(target, end, draft.transactionId);
  if (draft.traceparent !== undefined) end = writeLengthAndText(target, end, draft.traceparent);
  if (draft.extensions !== undefined) end = writeExtensions(target, end, draft.extensions);
  return end;
}

/** One message's fields as read back: a draft without its body. */
export type MessageFields = Omit<MessageDraft, 'body'>;

/** Reads the meta at `at`. The set must have passed `checkMessageSet`. */
export function readMeta(bytes: Buffer, at: number): MessageFields {
  const present = bytes.readUInt16BE(at + META.presentAt);
  const cursor = { bytes, at: at + META_FIXED_BYTES };
  // The numbers were checked to be inside their lists; fields are read in the order in which they were written.
  return {
    messageId: bytes.toString('hex', at + META.idAt, at + META.idAt + MESSAGE_ID_BYTES),
    type: MESSAGE_TYPES[bytes[at + META.typeAt] as number] as MessageFields['type'],
    bornAtMs: readU64(bytes, at + META.bornAt),
    bodyEncoding: BODY_ENCODINGS[bytes[at + META.encodingAt] as number] as MessageFields['bodyEncoding'],
    tag: present & META.tag ? readTag(cursor) : undefined,
    keys: present & META.keys ? readKeys(cursor) : undefined,
    orderingKey: present & META.orderingKey ? readLengthAndText(cursor) : undefined,
    properties: present & META.properties ? readProperties(cursor) : undefined,
    bornHost: present & META.bornHost ? readLengthAndText(cursor) : undefined,
    deliverAtMs: present & META.deliverAt ? readMs(cursor) : undefined,
    expiresAtMs: present & META.expiresAt ? readMs(cursor) : undefined,
    transactionId: present & META.transactionId ? readLengthAndText(cursor) : undefined,
    traceparent: present & META.traceparent ? readLengthAndText(cursor) : undefined,
    extensions: present & META.extensions ? readExtensions(cursor) : undefined,
  };
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

function keysBytes(keys: readonly string[]): number {
  checkCount(keys.length, 'keys');
  let bytes = 2;
  for (const key of keys) bytes += 2 + textBytes(key, TEXT_BYTES_MAX, 'key');
  return bytes;
}

function writeKeys(target: Buffer, at: number, keys: readonly string[]): number {
  target.writeUInt16BE(keys.length, at);
  let end = at + 2;
  for (const key of keys) end = writeLengthAndText(target, end, key);
  return end;
}

function readKeys(cursor: Cursor): string[] {
  const count = readCount(cursor);
  const keys: string[] = [];
  for (let i = 0; i < count; i++) keys.push(readLengthAndText(cursor));
  return keys;
}

function propertiesBytes(properties: Readonly<Record<string, string>>): number {
  const names = Object.keys(properties);
  checkCount(names.length, 'properties');
  let bytes = 2;
  for (const name of names) {
    bytes +=
      4 +
      textBytes(name, TEXT_BYTES_MAX, 'property name') +
      textBytes(propertyText(properties, name), TEXT_BYTES_MAX, `property ${name}`);
  }
  return bytes;
}

function writeProperties(target: Buffer, at: number, properties: Readonly<Record<string, string>>): number {
  const names = Object.keys(properties);
  target.writeUInt16BE(names.length, at);
  let end = at + 2;
  for (const name of names)
    end = writeLengthAndText(target, writeLengthAndText(target, end, name), propertyText(properties, name));
  return end;
}

function readProperties(cursor: Cursor): Record<string, string> {
  const count = readCount(cursor);
  const properties: Record<string, string> = {};
  for (let i = 0; i < count; i++) {
    const name = readLengthAndText(cursor);
    const value = readLengthAndText(cursor);
    // Assigning would set the prototype instead of making a property.
    if (name === '__proto__')
      Object.defineProperty(properties, name, { value, enumerable: true, configurable: true, writable: true });
    else properties[name] = value;
  }
  return properties;
}

/** The name is one of the object's own keys; a value that is not text (callers without types) becomes its text. */
function propertyText(properties: Readonly<Record<string, string>>, name: string): string {
  return String(properties[name]);
}

function extensionsBytes(extensions: ReadonlyMap<number, Uint8Array>): number {
  checkCount(extensions.size, 'extensions');
  let bytes = 2;
  for (const [number, value] of extensions) {
    if (!(Number.isInteger(number) && number >= 1 && number <= 65535)) {
      throw new MessageSetError('bad-number', `extension ${number} is not in [1, 65535]`);
    }
    bytes += 6 + value.length;
  }
  return bytes;
}

function writeExtensions(target: Buffer, at: number, extensions: ReadonlyMap<number, Uint8Array>): number {
  target.writeUInt16BE(extensions.size, at);
  let end = at + 2;
  for (const [number, value] of extensions) {
    target.writeUInt16BE(number, end);
    target.writeUInt32BE(value.length, end + 2);
    target.set(value, end + 6);
    end += 6 + value.length;
  }
  return end;
}

function readExtensions(cursor: Cursor): Map<number, Uint8Array> {
  const count = readCount(cursor);
  const extensions = new Map<number, Uint8Array>();
  for (let i = 0; i < count; i++) {
    const start = cursor.at + 6;
    const length = cursor.bytes.readUInt32BE(cursor.at + 2);
    extensions.set(cursor.bytes.readUInt16BE(cursor.at), cursor.bytes.subarray(start, start + length));
    cursor.at = start + length;
  }
  return extensions;
}

function writeLengthAndText(target: Buffer, at: number, text: string): number {
  const end = writeText(target, at + 2, text);
  target.writeUInt16BE(end - at - 2, at);
  return end;
}

function readLengthAndText(cursor: Cursor): string {
  const start = cursor.at + 2;
  cursor.at = start + cursor.bytes.readUInt16BE(cursor.at);
  return cursor.bytes.toString('utf8', start, cursor.at);
}

function readTag(cursor: Cursor): string {
  const start = cursor.at + 1;
  cursor.at = start + cursor.bytes.readUInt8(cursor.at);
  return cursor.bytes.toString('utf8', start, cursor.at);
}

function readCount(cursor: Cursor): number {
  cursor.at += 2;
  return cursor.bytes.readUInt16BE(cursor.at - 2);
}

function writeMs(target: Buffer, at: number, ms: number, field: string): number {
  writeU64(target, at, checkedMs(ms, field));
  return at + 8;
}

function readMs(cursor: Cursor): number {
  cursor.at += 8;
  return readU64(cursor.bytes, cursor.at - 8);
}

function checkedMs(ms: number, field: string): number {
  if (!(Number.isSafeInteger(ms) && ms >= 0)) {
    throw new MessageSetError('bad-number', `${field} ${ms} is not a whole number of ms since 1970`);
  }
  return ms;
}

function checkCount(count: number, field: string): void {
  if (count > COUNT_MAX) throw new MessageSetError('too-large', `${count} ${field}, the limit is ${COUNT_MAX}`);
}

function numberOf(numbers: ReadonlyMap<string, number>, name: string, field: string): number {
  const number = numbers.get(name);
  if (number === undefined) throw new MessageSetError('bad-number', `${field} '${name}' is unknown`);
  return number;
}
