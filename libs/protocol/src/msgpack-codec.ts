import { Packr } from 'msgpackr';
import type { Codec } from './codec.js';
import { ProtocolError } from './protocol-error.js';

/** Plain maps, no records: every frame stands alone and any MessagePack library can read it. */
// Clones by reference are refused: they would let a peer hand us a value that contains itself.
const packr = new Packr({ useRecords: false, copyBuffers: true, moreTypes: false, structuredClone: false });
// Without this hook a function would silently become undefined at the other side.
Object.assign(packr, {
  writeFunction(): never {
    throw new TypeError('a function');
  },
});

/** MessagePack. Dates are its timestamps, bytes its bin type; `undefined` is an empty body. */
export const msgpackCodec: Codec = Object.freeze({
  name: 'msgpack',
  id: 2,
  encode(value: unknown): Uint8Array {
    try {
      return packr.pack(value);
    } catch (cause) {
      throw new ProtocolError('unencodable', `MessagePack cannot carry this value: ${reasonOf(cause)}`, { cause });
    }
  },
  decode(source: Buffer, start: number, end: number): unknown {
    if (start === end) return undefined;
    try {
      return packr.unpack(source, { start, end });
    } catch (cause) {
      throw new ProtocolError('undecodable', `a body of ${end - start} bytes is not MessagePack: ${reasonOf(cause)}`, {
        cause,
      });
    }
  },
});

function reasonOf(cause: unknown): string {
  if (cause instanceof RangeError && /call stack/i.test(cause.message)) return 'it is circular or nested too deeply';
  return cause instanceof Error ? cause.message : String(cause);
}
