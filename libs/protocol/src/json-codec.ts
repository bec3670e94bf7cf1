import type { Codec } from './codec.js';
import { ProtocolError } from './protocol-error.js';

const UNDEFINED = new Uint8Array(0);
/** Text that may hold the key __proto__, plain or escaped. */
const SUSPICIOUS = /__proto__|\\u00/i;

/** JSON in UTF-8. `undefined` is an empty body; the key `__proto__` is dropped on the way in. */
export const jsonCodec: Codec = Object.freeze({
  name: 'json',
  id: 1,
  encode(value: unknown): Uint8Array {
    if (value === undefined) return UNDEFINED;
    return Buffer.from(stringify(value));
  },
  decode(source: Buffer, start: number, end: number): unknown {
    if (start === end) return undefined;
    const text = source.toString('utf8', start, end);
    try {
      return JSON.parse(text, SUSPICIOUS.test(text) ? dropPrototype : undefined);
    } catch (cause) {
      throw new ProtocolError('undecodable', `a body of ${end - start} bytes is not JSON`, { cause });
    }
  },
});

function stringify(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new ProtocolError('unencodable', `JSON cannot carry this value: ${messageOf(cause)}`, { cause });
  }
  if (text === undefined) throw new ProtocolError('unencodable', `JSON cannot carry a ${typeof value}`);
  return text;
}

function dropPrototype(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
}
