import { FrameType, HEADER_BYTES, writeHeader } from './frame-header.frame.js';
import { ProtocolError } from './protocol-error.js';

/**
 * WINDOW (9): more credit for the stream of answers with this id.
 *
 *   byte 0          4       8
 *        +----------+-------+
 *        | messages | bytes |     both are added to what is left
 *        | u32      | u32   |
 *        +----------+-------+
 *
 * A stream starts with the window that its receiver named in HELLO. STREAM_DATA uses one message and its body's bytes; it may be
 * sent while both are above zero, so the last message may overdraw the bytes.
 */
export interface WindowGrant {
  readonly countDelta: number;
  readonly bytesDelta: number;
}

/** Size of the whole frame. */
export const WINDOW_FRAME_BYTES = HEADER_BYTES + 8;

/** Writes the whole frame; returns where it ends. */
export function writeWindow(target: Buffer, at: number, id: number, countDelta: number, bytesDelta: number): number {
  const body = writeHeader(target, at, 8, FrameType.window << 8, id);
  target.writeUInt32BE(countDelta, body);
  return target.writeUInt32BE(bytesDelta, body + 4);
}

/** @throws {ProtocolError} 'malformed-frame' */
export function readWindow(source: Buffer, start: number, end: number): WindowGrant {
  if (end - start !== 8) throw new ProtocolError('malformed-frame', `a window frame of ${end - start} bytes, want 8`);
  return { countDelta: source.readUInt32BE(start), bytesDelta: source.readUInt32BE(start + 4) };
}
