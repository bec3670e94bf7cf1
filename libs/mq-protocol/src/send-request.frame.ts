import { FrameReader } from './frame-reader.js';
import { MqProtocolError } from './mq-protocol-error.js';
import type { FlushMode } from './send-operation.js';

/*
 * Body of a send (raw codec). Integers are big-endian.
 *
 *   0        1          2             4                     4 + 4n
 *   +--------+----------+-------------+---------------------+------------------------------+
 *   | version| flush    | set count n | n x set size u32    | n message sets, back to back |
 *   | u8 = 1 | mode u8  | u16, >= 1   |                     | broker part zeroed           |
 *   +--------+----------+-------------+---------------------+------------------------------+
 *
 * The sizes stand together in front, so that a decoder slices without looking into a set. The sets are those of libs/message-set,
 * with room for the broker part, so that the store fills that part in place and no byte is copied between socket and disk.
 * Nothing here says that a set is sound: the broker checks each set before it enters the log and answers `bad-set` for that one.
 */

const VERSION = 1;
const HEADER_BYTES = 4;
const FLUSH_MODES: readonly FlushMode[] = ['fsync'];

/** Most message sets of one send. */
export const SEND_SET_COUNT_MAX = 65_535;

/** Message sets to be stored, in this order. */
export interface SendRequest {
  readonly flushMode: FlushMode;
  /** Encoded sets with room for the broker part; 1 to SEND_SET_COUNT_MAX. After decoding: slices of the received body. */
  readonly sets: readonly Buffer[];
}

/** The chunks of a send's body for one vectored write; the sets are not copied. @throws {MqProtocolError} 'too-large' when there are no sets or too many. */
export function encodeSendRequestChunks(request: SendRequest): readonly Buffer[] {
  const count = request.sets.length;
  if (count < 1 || count > SEND_SET_COUNT_MAX) {
    throw new MqProtocolError('too-large', `a send has 1 to ${SEND_SET_COUNT_MAX} sets, not ${count}`);
  }
  const header = Buffer.allocUnsafe(HEADER_BYTES + 4 * count);
  header.writeUInt8(VERSION, 0);
  header.writeUInt8(FLUSH_MODES.indexOf(request.flushMode), 1);
  header.writeUInt16BE(count, 2);
  let at = HEADER_BYTES;
  for (const set of request.sets) at = header.writeUInt32BE(set.length, at);
  return [header, ...request.sets];
}

/** The body of a send as one buffer: one copy of the sets. @throws {MqProtocolError} 'too-large' */
export function encodeSendRequest(request: SendRequest): Buffer {
  return Buffer.concat(encodeSendRequestChunks(request));
}

/** Reads a send's body; the sets share its memory and are not checked yet. @throws {MqProtocolError} 'malformed', 'unsupported-version' */
export function decodeSendRequest(body: Buffer): SendRequest {
  const reader = new FrameReader(body, 'send request');
  reader.version(VERSION);
  const flushMode = FLUSH_MODES[reader.u8()];
  if (flushMode === undefined) throw reader.malformed('an unknown flush mode');
  const count = reader.u16();
  if (count === 0) throw reader.malformed('no message set');
  const sizes: number[] = [];
  for (let index = 0; index < count; index++) sizes.push(reader.u32());
  const sets: Buffer[] = [];
  for (const sizeBytes of sizes) {
    if (sizeBytes === 0) throw reader.malformed('an empty message set');
    sets.push(reader.take(sizeBytes));
  }
  reader.end();
  return { flushMode, sets };
}
