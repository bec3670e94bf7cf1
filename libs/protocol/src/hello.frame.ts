import { FrameType, HEADER_BYTES, writeHeader } from './frame-header.frame.js';
import { ProtocolError } from './protocol-error.js';

/**
 * HELLO (1): the first frame in each direction, id 0.
 *
 *   byte 0           4             5             6
 *        +-----------+-------------+-------------+- - - - - - - - - -
 *        | "RKRY"    | version min | version max | JSON object, UTF-8
 *        | 4 bytes   | u8          | u8          | at most 16 KiB
 *        +-----------+-------------+-------------+- - - - - - - - - -
 *
 * The client offers a range of versions; the server answers with the highest common one as both min and max, or with ERROR (id 0)
 * and the end of the connection. docs/formats/hello.md lists the fields of the object; unknown ones are ignored.
 */
export interface Hello {
  readonly versionMin: number;
  readonly versionMax: number;
  readonly fields: HelloFields;
}

/** The JSON object of a HELLO, complete. */
export interface HelloFields {
  /** Shown in logs of the other side. */
  readonly name: string;
  /** Codecs that the sender reads. */
  readonly codecs: readonly string[];
  readonly features: readonly string[];
  /** Longest frame body that the sender takes, in bytes. */
  readonly frameBytesMax: number;
  /** Most calls in flight on this connection that the sender takes. */
  readonly inFlightCountMax: number;
  /** First window of every stream sent to the sender. */
  readonly windowCount: number;
  readonly windowBytes: number;
  /** Shared secret, client to server only. */
  readonly token: string | undefined;
}

/** Longest body of a HELLO. */
export const HELLO_BYTES_MAX = 6 + 16 * 1024;

const MAGIC = Buffer.from('RKRY');

/** The whole frame. @throws {ProtocolError} 'unencodable' when the object is over 16 KiB. */
export function encodeHelloFrame(hello: Hello): Buffer {
  const { fields } = hello;
  const json = Buffer.from(
    JSON.stringify({
      name: fields.name,
      codecs: fields.codecs,
      features: fields.features,
      limits: { frameBytes: fields.frameBytesMax, inFlight: fields.inFlightCountMax },
      window: { count: fields.windowCount, bytes: fields.windowBytes },
      auth: fields.token === undefined ? undefined : { token: fields.token },
    }),
  );
  const bodyBytes = 6 + json.length;
  if (bodyBytes > HELLO_BYTES_MAX) throw new ProtocolError('unencodable', 'the greeting is over 16 KiB');
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bodyBytes);
  const at = writeHeader(frame, 0, bodyBytes, FrameType.hello << 8, 0);
  frame.set(MAGIC, at);
  frame[at + 4] = hello.versionMin;
  frame[at + 5] = hello.versionMax;
  frame.set(json, at + 6);
  return frame;
}

/** Reads the body that lies in `source` from `start` to `end`. @throws {ProtocolError} 'bad-hello' */
export function readHello(source: Buffer, start: number, end: number): Hello {
  if (end - start < 6 || MAGIC.compare(source, start, start + 4) !== 0) throw notRookery(source.subarray(start, end));
  const versionMin = source.readUInt8(start + 4);
  const versionMax = source.readUInt8(start + 5);
  if (versionMin === 0 || versionMax < versionMin) {
    throw new ProtocolError('bad-hello', `versions ${versionMin}..${versionMax} are not a range`);
  }
  const object = objectAt(parseJson(source.toString('utf8', start + 6, end)), 'the greeting');
  const limits = objectAt(object['limits'], 'limits');
  const window = objectAt(object['window'], 'window');
  const auth = object['auth'] === undefined ? {} : objectAt(object['auth'], 'auth');
  return {
    versionMin,
    versionMax,
    fields: {
      name: textAt(object['name'], 'name') ?? '',
      codecs: textsAt(object['codecs'], 'codecs'),
      features: textsAt(object['features'], 'features'),
      frameBytesMax: countAt(limits['frameBytes'], 'limits.frameBytes'),
      inFlightCountMax: countAt(limits['inFlight'], 'limits.inFlight'),
      windowCount: countAt(window['count'], 'window.count'),
      windowBytes: countAt(window['bytes'], 'window.bytes'),
      token: textAt(auth['token'], 'auth.token'),
    },
  };
}

/** The error for a peer whose first bytes are something else, HTTP for example. */
export function notRookery(firstBytes: Uint8Array): ProtocolError {
  const shown = Buffer.from(firstBytes.subarray(0, 16))
    .toString('latin1')
    .replace(/[^ -~]/g, '.');
  return new ProtocolError('bad-hello', `not a Rookery peer: it begins with "${shown}"`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('bad-hello', 'the greeting is not JSON', { cause });
  }
}

function objectAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new ProtocolError('bad-hello', `${path} is not an object`);
  // Any object may be read by key; each value is checked where it is used.
  return value as Readonly<Record<string, unknown>>;
}

function textAt(value: unknown, path: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new ProtocolError('bad-hello', `${path} is not a string`);
}

function textsAt(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw new ProtocolError('bad-hello', `${path} is not a list of strings`);
}

function countAt(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new ProtocolError('bad-hello', `${path} is not a positive whole number`);
}
