import type { Codec } from './codec.js';
import { jsonCodec } from './json-codec.js';
import { msgpackCodec } from './msgpack-codec.js';
import { ProtocolError } from './protocol-error.js';
import { rawCodec } from './raw-codec.js';

/** The codecs of this version, at the index that is their number. Number 3 is kept for protobuf. */
const CODECS: readonly Codec[] = Object.freeze([rawCodec, jsonCodec, msgpackCodec]);

/** Number of the raw codec: payloads that are bytes already always travel with it. */
export const RAW_CODEC_ID = 0;

/** @throws {ProtocolError} 'wrong-codec' for a number that this version does not know. */
export function codecById(id: number): Codec {
  const codec = CODECS[id];
  if (codec === undefined) throw new ProtocolError('wrong-codec', `codec ${id} is not known`);
  return codec;
}

/** @throws {ProtocolError} 'wrong-codec' for a name that this version does not know. */
export function codecByName(name: string): Codec {
  const codec = CODECS.find((each) => each.name === name);
  if (codec === undefined) throw new ProtocolError('wrong-codec', `codec ${name} is not known`);
  return codec;
}

/** The codec that a value travels with: raw for bytes, else the one asked for. */
export function codecFor(value: unknown, wanted: Codec): Codec {
  return value instanceof Uint8Array ? rawCodec : wanted;
}
