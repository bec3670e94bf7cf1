import { Packr } from 'msgpackr';
import type { BodyEncoding } from '#message-set';
import { MqError } from '#mq-client';
import type { TopicEncoding } from './topic.js';

/** Records are off: a body must be readable alone, in any language. */
const packr = new Packr({ useRecords: false });

/** A body and how it is encoded. */
export interface EncodedBody {
  readonly body: Uint8Array;
  readonly bodyEncoding: BodyEncoding;
}

/** Encodes a value. Bytes pass through as they are. @throws {MqError} 'bad-message' for what the encoding cannot say */
export function encodeBody(value: unknown, encoding: TopicEncoding): EncodedBody {
  if (value instanceof Uint8Array) return { body: value, bodyEncoding: 'raw' };
  try {
    if (encoding === 'msgpack') return { body: packr.pack(value), bodyEncoding: 'msgpack' };
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`${typeof value} has no JSON form`);
    return { body: Buffer.from(text), bodyEncoding: 'json' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MqError('bad-message', `the message cannot be encoded as ${encoding}: ${reason}`, { cause: error });
  }
}

/** The value of a body; bytes for `raw` and for encodings without a decoder here. @throws what the decoder throws for a body that is not what it says */
export function decodeBody(body: Buffer, encoding: BodyEncoding): unknown {
  if (encoding === 'json') return JSON.parse(body.toString('utf8'));
  if (encoding === 'msgpack') return packr.unpack(body);
  return body;
}
