import { ProtocolError } from './protocol-error.js';

/** String pairs beside a payload; lower-case keys. */
export type MetadataPairs = Readonly<Record<string, string>>;

/**
 * Metadata of a call.
 *
 *   byte 0       2
 *        +-------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
 *        | bytes | pairs: key length u8, key UTF-8, value length u16, value UTF-8
 *        | u16   |
 *        +-------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
 *
 * `bytes` counts the pairs only: at most 16 KiB and 64 pairs. Of a key that comes twice the last value holds.
 */
export const METADATA_BYTES_MAX = 16 * 1024;
/** Most pairs of one call. */
export const METADATA_COUNT_MAX = 64;
/** No metadata. */
export const METADATA_NONE: MetadataPairs = Object.freeze({});

/** The bytes of the pairs, or undefined if there are none. Keys are lower-cased. @throws {ProtocolError} 'unencodable' over the limits */
export function encodeMetadata(pairs: MetadataPairs, except?: string): Buffer | undefined {
  const parts: Buffer[] = [];
  for (const [key, value] of Object.entries(pairs)) {
    if (key === except) continue;
    if (typeof value !== 'string') throw new ProtocolError('unencodable', `metadata ${key} is not a string`);
    parts.push(encodePair(key, value));
  }
  if (parts.length === 0) return undefined;
  const body = Buffer.concat(parts);
  if (parts.length > METADATA_COUNT_MAX || body.length > METADATA_BYTES_MAX) {
    throw new ProtocolError(
      'unencodable',
      `metadata of ${parts.length} pairs and ${body.length} bytes, at most ${METADATA_COUNT_MAX} and ${METADATA_BYTES_MAX} are carried`,
    );
  }
  const lengthBytes = Buffer.alloc(2);
  lengthBytes.writeUInt16BE(body.length);
  return Buffer.concat([lengthBytes, body]);
}

function encodePair(key: string, value: string): Buffer {
  const keyBytes = Buffer.from(key.toLowerCase());
  const valueBytes = Buffer.from(value);
  if (keyBytes.length === 0 || keyBytes.length > 0xff || valueBytes.length > METADATA_BYTES_MAX) {
    throw new ProtocolError('unencodable', `metadata ${key.slice(0, 64)}: the key is empty or the pair too long`);
  }
  const pair = Buffer.allocUnsafe(3 + keyBytes.length + valueBytes.length);
  pair[0] = keyBytes.length;
  pair.set(keyBytes, 1);
  pair.writeUInt16BE(valueBytes.length, 1 + keyBytes.length);
  pair.set(valueBytes, 3 + keyBytes.length);
  return pair;
}

/** The pairs that start at `at`, and where they end. @throws {ProtocolError} 'malformed-frame' */
export function readMetadata(source: Buffer, at: number, end: number): { pairs: MetadataPairs; end: number } {
  const bodyEnd = at + 2 > end ? end + 1 : at + 2 + source.readUInt16BE(at);
  if (bodyEnd > end || bodyEnd - at - 2 > METADATA_BYTES_MAX) throw malformed();
  // Without a prototype, so a key such as __proto__ is only a key.
  const pairs: Record<string, string> = Object.create(null);
  let next = at + 2;
  for (let count = 0; next < bodyEnd; count++) {
    const keyEnd = next + 1 + source.readUInt8(next);
    const valueEnd = keyEnd + 2 > bodyEnd ? bodyEnd + 1 : keyEnd + 2 + source.readUInt16BE(keyEnd);
    if (valueEnd > bodyEnd || count === METADATA_COUNT_MAX) throw malformed();
    pairs[source.toString('utf8', next + 1, keyEnd)] = source.toString('utf8', keyEnd + 2, valueEnd);
    next = valueEnd;
  }
  return { pairs: Object.freeze(pairs), end: bodyEnd };
}

function malformed(): ProtocolError {
  return new ProtocolError('malformed-frame', 'metadata does not fit its frame or its limits');
}
