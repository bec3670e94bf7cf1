import { hmacSha256, isSameSecret } from '#platform';
import { MqError } from './mq-error.js';
import type { OffsetRange } from './offset-ranges.js';
import { RecordReader, RecordWriter } from './record-bytes.js';

/*
 * A receipt is base64url of
 *
 *   version u8 = 1 | epoch varint | lease number varint | queue id varint
 *   | span count varint | per span: gap varint, length varint, attempt varint | first 16 bytes of HMAC-SHA-256
 *
 * The code covers the bytes before it and the names of group and topic, under the key that the log keeps: a receipt can be checked after a
 * restart, and nobody makes one up. A client treats it as opaque text.
 */

const VERSION = 1;
const MAC_BYTES = 16;

/** Bytes of the key that receipts are made with. */
export const RECEIPT_KEY_BYTES = 32;

/** Most spans of one receipt: a lease of a badly fragmented queue ends there, so that receipts stay short. */
export const RECEIPT_SPAN_COUNT_MAX = 32;

/** Offsets that follow each other and have the same delivery attempt. */
export interface LeasedSpan extends OffsetRange {
  readonly attempt: number;
}

/** What a receipt proves: these offsets of this queue were leased by this broker, in this epoch, with these attempts. */
export interface ReceiptContent {
  readonly epoch: number;
  /** Counts leases of the epoch. */
  readonly leaseNumber: number;
  readonly queueId: number;
  readonly spans: readonly LeasedSpan[];
}

/** Makes the receipt of a lease. */
export function encodeReceipt(key: Buffer, group: string, topic: string, content: ReceiptContent): string {
  const writer = new RecordWriter();
  writer.u8(VERSION);
  writer.varint(content.epoch);
  writer.varint(content.leaseNumber);
  writer.varint(content.queueId);
  writer.varint(content.spans.length);
  let last = 0;
  for (const { from, to, attempt } of content.spans) {
    writer.varint(from - last);
    writer.varint(to - from);
    writer.varint(attempt);
    last = to;
  }
  const payload = writer.finish();
  return Buffer.concat([payload, macOf(key, group, topic, payload)]).toString('base64url');
}

/** Reads a receipt, or gives undefined when it was not made with `key` for this group and topic. */
export function decodeReceipt(key: Buffer, group: string, topic: string, receipt: string): ReceiptContent | undefined {
  const bytes = Buffer.from(receipt, 'base64url');
  if (bytes.length <= MAC_BYTES) return undefined;
  const payload = bytes.subarray(0, bytes.length - MAC_BYTES);
  if (!isSameSecret(macOf(key, group, topic, payload), bytes.subarray(payload.length))) return undefined;
  return readPayload(payload);
}

function macOf(key: Buffer, group: string, topic: string, payload: Buffer): Buffer {
  // Names hold no slash and no zero byte, so no two leases give the same input.
  return hmacSha256(key, Buffer.concat([Buffer.from(`${group}/${topic}\0`, 'utf8'), payload])).subarray(0, MAC_BYTES);
}

function readPayload(payload: Buffer): ReceiptContent | undefined {
  try {
    const reader = new RecordReader(payload);
    if (reader.u8() !== VERSION) return undefined;
    const epoch = reader.varint();
    const leaseNumber = reader.varint();
    const queueId = reader.varint();
    const count = reader.varint();
    const spans: LeasedSpan[] = [];
    let last = 0;
    for (let index = 0; index < count; index++) {
      const from = last + reader.varint();
      const to = from + reader.varint();
      spans.push({ from, to, attempt: reader.varint() });
      last = to;
    }
    reader.end();
    return { epoch, leaseNumber, queueId, spans };
  } catch (error) {
    // Only a receipt of another version of this code gets here, as its code was right.
    if (error instanceof MqError) return undefined;
    throw error;
  }
}
