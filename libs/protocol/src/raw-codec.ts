import type { Codec } from './codec.js';
import { ProtocolError } from './protocol-error.js';

/** Bodies below this share of their chunk are copied out, so that a small value does not keep a large chunk alive. */
const COPY_SHARE = 4;

/** Bytes as they are. Takes any `Uint8Array`; gives a `Buffer`. */
export const rawCodec: Codec = Object.freeze({
  name: 'raw',
  id: 0,
  encode(value: unknown): Uint8Array {
    if (value instanceof Uint8Array) return value;
    throw new ProtocolError('wrong-codec', `codec raw carries a Buffer or Uint8Array, not ${describe(value)}`);
  },
  decode(source: Buffer, start: number, end: number): Buffer {
    const view = source.subarray(start, end);
    return view.length * COPY_SHARE < source.buffer.byteLength ? Buffer.from(view) : view;
  },
});

function describe(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}
