import { FrameFlag, FrameType, HEADER_BYTES, writeHeader } from './frame-header.frame.js';
import { METADATA_NONE, type MetadataPairs, readMetadata } from './metadata.frame.js';
import { ProtocolError } from './protocol-error.js';
import { ROUTE_BYTES_MAX } from './route-limits.js';
import { readTraceparent, TRACE_BYTES } from './trace-context.frame.js';

/**
 * REQUEST (2), a call, and ONEWAY (5), an event: the body after the header.
 *
 *   byte 0           4         6
 *        +-----------+---------+- - - - - - - - +- - - - - - - - +- - - - - - - - +- - - - -
 *        | deadline  | route   | route text     | trace context  | metadata       | payload
 *        | ms u32    | number  | length u16,    | 25 bytes, if   | if             | the rest, in
 *        | 0 = none  | u16     | UTF-8, if      | HAS_TRACE      | HAS_METADATA   | the frame's
 *        |           |         | DEFINES_ROUTE  |                |                | codec
 *        +-----------+---------+- - - - - - - - +- - - - - - - - +- - - - - - - - +- - - - -
 *
 * The deadline is the time *left* when the frame is written, so no clocks are compared. A route's text is sent with its first
 * use on a connection together with a number the client chose (0, 1, 2, ... below ROUTE_COUNT_MAX); afterwards the number is
 * enough. When the numbers are used up, 0xffff stands with the text every time and means nothing later.
 */
export interface RequestHead {
  readonly id: number;
  /** Whole ms left, at least 1; 0 = no deadline. At most 2^32 - 1. */
  readonly deadlineMs: number;
  readonly routeNumber: number;
  /** The route's UTF-8 bytes when this frame defines it. */
  readonly routeText: Uint8Array | undefined;
  /** 25 bytes made by `encodeTraceparent`. */
  readonly trace: Uint8Array | undefined;
  /** Made by `encodeMetadata`. */
  readonly metadata: Uint8Array | undefined;
}

const FIXED_BYTES = 6;

/** Bytes in front of the payload, header included. */
export function requestHeadBytes(head: RequestHead): number {
  let total = HEADER_BYTES + FIXED_BYTES;
  if (head.routeText !== undefined) total += 2 + head.routeText.length;
  if (head.trace !== undefined) total += TRACE_BYTES;
  if (head.metadata !== undefined) total += head.metadata.length;
  return total;
}

/** Writes everything in front of the payload; returns where the payload belongs. `flags` carries the codec. */
export function writeRequestHead(
  target: Buffer,
  at: number,
  head: RequestHead,
  typeAndFlags: number,
  payloadBytes: number,
): number {
  let bits = typeAndFlags;
  if (head.routeText !== undefined) bits |= FrameFlag.definesRoute;
  if (head.trace !== undefined) bits |= FrameFlag.hasTrace;
  if (head.metadata !== undefined) bits |= FrameFlag.hasMetadata;
  let next = writeHeader(target, at, requestHeadBytes(head) - HEADER_BYTES + payloadBytes, bits, head.id);
  target.writeUInt32BE(head.deadlineMs, next);
  target.writeUInt16BE(head.routeNumber, next + 4);
  next += FIXED_BYTES;
  if (head.routeText !== undefined) {
    target.writeUInt16BE(head.routeText.length, next);
    target.set(head.routeText, next + 2);
    next += 2 + head.routeText.length;
  }
  if (head.trace !== undefined) {
    target.set(head.trace, next);
    next += TRACE_BYTES;
  }
  if (head.metadata !== undefined) {
    target.set(head.metadata, next);
    next += head.metadata.length;
  }
  return next;
}

/** A REQUEST or ONEWAY taken apart. One object is filled again and again by `read`; its owner copies what it keeps. */
export class RequestFields {
  deadlineMs = 0;
  routeNumber = 0;
  /** The route's text when this frame defines it. */
  routeText: string | undefined = undefined;
  metadata: MetadataPairs = METADATA_NONE;
  payloadStart = 0;

  /** Reads the body that lies in `source` from `start` to `end`. @throws {ProtocolError} 'malformed-frame' */
  read(source: Buffer, start: number, end: number, flags: number): void {
    if (end - start < FIXED_BYTES) throw new ProtocolError('malformed-frame', 'a request ends before its route');
    this.deadlineMs = source.readUInt32BE(start);
    this.routeNumber = source.readUInt16BE(start + 4);
    this.routeText = undefined;
    this.metadata = METADATA_NONE;
    this.payloadStart = start + FIXED_BYTES;
    if ((flags & (FrameFlag.definesRoute | FrameFlag.hasTrace | FrameFlag.hasMetadata)) !== 0) {
      this.readOptionalParts(source, end, flags);
    }
  }

  private readOptionalParts(source: Buffer, end: number, flags: number): void {
    let at = this.payloadStart;
    if ((flags & FrameFlag.definesRoute) !== 0) {
      const textBytes = end - at < 2 ? ROUTE_BYTES_MAX + 1 : source.readUInt16BE(at);
      if (textBytes > ROUTE_BYTES_MAX || at + 2 + textBytes > end) {
        throw new ProtocolError(
          'malformed-frame',
          `a route does not fit its frame or is over ${ROUTE_BYTES_MAX} bytes`,
        );
      }
      this.routeText = source.toString('utf8', at + 2, at + 2 + textBytes);
      at += 2 + textBytes;
    }
    let traceparent: string | undefined;
    if ((flags & FrameFlag.hasTrace) !== 0) {
      if (at + TRACE_BYTES > end) throw new ProtocolError('malformed-frame', 'a request ends in its trace context');
      traceparent = readTraceparent(source, at);
      at += TRACE_BYTES;
    }
    if ((flags & FrameFlag.hasMetadata) !== 0) {
      const found = readMetadata(source, at, end);
      this.metadata = found.pairs;
      at = found.end;
    }
    if (traceparent !== undefined) this.metadata = Object.freeze({ ...this.metadata, traceparent });
    this.payloadStart = at;
  }
}

/** `typeAndFlags` of a call in the given codec. */
export function requestBits(isOneway: boolean, codecId: number): number {
  return ((isOneway ? FrameType.oneway : FrameType.request) << 8) | codecId;
}
