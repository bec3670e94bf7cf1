import { BODY_ENCODINGS, isTopicName } from '#message-set';
import { MqError } from '../mq-error.js';
import type { OutgoingMessage } from '../outgoing-message.js';

const TEXT_BYTES_MAX = 65_535;
const TAG_BYTES_MAX = 255;
const COUNT_MAX = 65_535;
/** A UTF-16 unit is at most this many bytes in UTF-8, so short texts need no counting. */
const BYTES_PER_UNIT_MAX = 3;
/** Fixed part of a message in a set, rounded up: id, times, places, lengths. */
const FIXED_BYTES = 64;

/**
 * The size of a message as it counts against the limits: an upper estimate of its encoded bytes.
 * One message that cannot be encoded would fail the whole set, so it is refused here, alone.
 * @throws {MqError} 'bad-name', 'bad-message', 'too-large'
 */
export function checkMessage(message: OutgoingMessage, bytesMax: number): number {
  if (!isTopicName(message.topic))
    throw new MqError('bad-name', `${JSON.stringify(message.topic)} cannot name a topic`);
  checkBody(message);
  let bytes = FIXED_BYTES + message.body.length;
  if (message.tag !== undefined) bytes += textBytes(message.tag, TAG_BYTES_MAX, 'tag');
  if (message.orderingKey !== undefined) bytes += textBytes(message.orderingKey, TEXT_BYTES_MAX, 'ordering key');
  if (message.traceparent !== undefined) bytes += textBytes(message.traceparent, TEXT_BYTES_MAX, 'traceparent');
  if (message.keys !== undefined) {
    checkCount(message.keys.length, 'keys');
    for (const key of message.keys) bytes += 2 + textBytes(key, TEXT_BYTES_MAX, 'key');
  }
  if (message.headers !== undefined) bytes += headersBytes(message.headers);
  if (bytes > bytesMax) throw new MqError('too-large', `a message of ${bytes} bytes; the limit is ${bytesMax}`);
  return bytes;
}

/** Callers without types give texts and objects, which would be stored as zeros. */
function checkBody({ body, bodyEncoding }: OutgoingMessage): void {
  if (!(body instanceof Uint8Array)) throw new MqError('bad-message', `the body is ${typeof body}, not bytes`);
  if (BODY_ENCODINGS.includes(bodyEncoding)) return;
  throw new MqError(
    'bad-message',
    `the body encoding ${String(bodyEncoding)} is not one of ${BODY_ENCODINGS.join(', ')}`,
  );
}

function checkCount(count: number, field: string): void {
  if (count > COUNT_MAX) throw new MqError('bad-message', `${count} ${field}; the limit is ${COUNT_MAX}`);
}

function headersBytes(headers: Readonly<Record<string, string>>): number {
  let bytes = 2;
  const names = Object.keys(headers);
  checkCount(names.length, 'headers');
  for (const name of names) {
    bytes += 4 + textBytes(name, TEXT_BYTES_MAX, 'header name') + textBytes(headers[name], TEXT_BYTES_MAX, 'header');
  }
  return bytes;
}

function textBytes(text: unknown, bytesMax: number, field: string): number {
  if (typeof text !== 'string') throw new MqError('bad-message', `${field} is ${typeof text}, not text`);
  if (text.length * BYTES_PER_UNIT_MAX <= TAG_BYTES_MAX) return text.length * BYTES_PER_UNIT_MAX;
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) throw new MqError('bad-message', `${field} has ${bytes} bytes; the limit is ${bytesMax}`);
  return bytes;
}
