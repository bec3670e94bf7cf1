import { FrameAssembly } from './frame-assembly.js';
import { FRAME_TYPE_MAX, HEADER_BYTES } from './frame-header.frame.js';
import { ProtocolError } from './protocol-error.js';

const NOTHING = Buffer.alloc(0);

/**
 * Cuts a byte stream into frames: in place where a chunk holds the whole frame, else in a buffer that grows only as bytes arrive,
 * so an announced length costs nothing.
 *
 *   reader.push(chunk);
 *   while (reader.next()) handle(reader.type, reader.flags, reader.id, reader.buffer, reader.start, reader.end);
 *
 * The fields describe the current frame until the next `next`. A frame's bytes are never written again: views of it may be kept.
 */
export class FrameReader {
  type = 0;
  flags = 0;
  id = 0;
  /** The buffer that holds the current frame's body, from `start` to `end`. */
  buffer: Buffer = NOTHING;
  start = 0;
  end = 0;
  private chunk: Buffer = NOTHING;
  private at = 0;
  private readonly assembly = new FrameAssembly();

  /** `bodyBytesMax`: longest body accepted; may be raised once the greeting is done. */
  constructor(public bodyBytesMax: number) {}

  /** True while a frame has begun and not ended: its peer owes bytes. */
  get isMidFrame(): boolean {
    return this.assembly.filledBytes > 0;
  }

  /** The bytes that are not part of a whole frame yet; for messages about peers that speak something else. */
  get unread(): Buffer {
    return this.isMidFrame ? this.assembly.filled : this.chunk.subarray(this.at);
  }

  /** Takes the next bytes of the stream. Only after `next` returned false. */
  push(chunk: Buffer): void {
    this.chunk = chunk;
    this.at = 0;
  }

  /** Moves to the next whole frame; false = more bytes are needed. @throws {ProtocolError} 'frame-too-large', 'unknown-frame' */
  next(): boolean {
    if (this.assembly.filledBytes > 0) return this.continueAssembly();
    const { chunk, at } = this;
    const available = chunk.length - at;
    if (available < HEADER_BYTES) return this.stash(HEADER_BYTES);
    const bodyBytes = this.readHeader(chunk, at);
    if (available < HEADER_BYTES + bodyBytes) return this.stash(HEADER_BYTES + bodyBytes);
    this.buffer = chunk;
    this.start = at + HEADER_BYTES;
    this.end = this.start + bodyBytes;
    this.at = this.end;
    return true;
  }

  private readHeader(source: Buffer, at: number): number {
    const bodyBytes = source.readUInt32BE(at);
    const typeAndFlags = source.readUInt16BE(at + 4);
    this.type = typeAndFlags >>> 8;
    this.flags = typeAndFlags & 0xff;
    this.id = source.readUInt32BE(at + 6);
    if (this.type === 0 || this.type > FRAME_TYPE_MAX) {
      throw new ProtocolError('unknown-frame', `frame type ${this.type} is not known`);
    }
    if (bodyBytes > this.bodyBytesMax) {
      throw new ProtocolError(
        'frame-too-large',
        `a frame of ${bodyBytes} bytes, at most ${this.bodyBytesMax} are taken`,
      );
    }
    return bodyBytes;
  }

  private stash(neededBytes: number): false {
    const available = this.chunk.length - this.at;
    if (available === 0) {
      this.chunk = NOTHING;
      this.at = 0;
      return false;
    }
    this.take(available, neededBytes);
    return false;
  }

  private continueAssembly(): boolean {
    const { assembly } = this;
    if (assembly.filledBytes < HEADER_BYTES) {
      this.take(HEADER_BYTES - assembly.filledBytes, HEADER_BYTES);
      if (assembly.filledBytes < HEADER_BYTES) return false;
    }
    const neededBytes = HEADER_BYTES + this.readHeader(assembly.bytes, 0);
    this.take(neededBytes - assembly.filledBytes, neededBytes);
    if (assembly.filledBytes < neededBytes) return false;
    this.buffer = assembly.release();
    this.start = HEADER_BYTES;
    this.end = neededBytes;
    return true;
  }

  private take(wantedBytes: number, neededBytes: number): void {
    const takenBytes = Math.min(wantedBytes, this.chunk.length - this.at);
    this.assembly.add(this.chunk, this.at, takenBytes, neededBytes);
    this.at += takenBytes;
  }
}
