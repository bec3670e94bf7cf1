/**
 * W3C trace context, as 25 bytes instead of 55 characters.
 *
 *   byte 0           16          24
 *        +-----------+-----------+-------+
 *        | trace id  | parent id | flags |
 *        | 16 bytes  | 8 bytes   | u8    |
 *        +-----------+-----------+-------+
 *
 * It stands for the metadata pair `traceparent: 00-<trace id>-<parent id>-<flags>`. Source: W3C Trace Context, version 00.
 */
export const TRACE_BYTES = 25;

const VERSION_00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The 25 bytes, or undefined if the text is not version 00 (it then travels as ordinary metadata). */
export function encodeTraceparent(traceparent: string): Buffer | undefined {
  const match = VERSION_00.exec(traceparent);
  if (match === null) return undefined;
  return Buffer.from(`${match[1]}${match[2]}${match[3]}`, 'hex');
}

/** The text again. The caller has checked that 25 bytes are there. */
export function readTraceparent(source: Buffer, at: number): string {
  const hex = source.toString('hex', at, at + TRACE_BYTES);
  return `00-${hex.slice(0, 32)}-${hex.slice(32, 48)}-${hex.slice(48)}`;
}
