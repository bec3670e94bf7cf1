import { FrameReader } from './frame-reader.js';
import { MqProtocolError } from './mq-protocol-error.js';
import type { LeasedRun, ReceiveAnswer } from './receive-operation.js';
import { isRefusal, REFUSAL_CODES, type Refusal } from './refusal.js';

/*
 * Body of a receive's answer (raw codec). Integers are big-endian.
 *
 *   version u8 = 1 | kind u8 (0 runs, 1 refused) | run count u16 (0 for a refusal), then
 *
 *   refused:  code u8 (place in REFUSAL_CODES) | retryable u8 | message size u16 | message
 *
 *   per run:  queue id u16 | receipt size u16 | span count u32 | set count u32 | receipt
 *             per span:  first offset u64 | count u32 | attempt u16     leased offsets that follow each other with the same attempt
 *             per set:   size u32 | stored-at ms u64
 *   then the sets of all runs, back to back, exactly as they lie in the log (broker part and client part).
 *
 * Spans instead of offsets: a batch leased for the first time is one span of 14 bytes, whatever its size.
 */

const VERSION = 1;
const RUNS = 0;
const REFUSED = 1;
const HEADER_BYTES = 4;
const RUN_HEAD_BYTES = 12;
const SPAN_BYTES = 14;
const SET_HEAD_BYTES = 12;
const MESSAGE_CHARS_MAX = 256;

/** Most messages that one receive leases. */
export const RECEIVE_COUNT_MAX = 65_535;

interface Span {
  readonly firstOffset: number;
  count: number;
  readonly attempt: number;
}

/** The chunks of a receive's answer for one vectored write; the stored sets are not copied. */
export function encodeReceiveAnswerChunks(answer: ReceiveAnswer | Refusal): readonly Buffer[] {
  if (isRefusal(answer)) return [encodeRefusal(answer)];
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt8(VERSION, 0);
  header.writeUInt8(RUNS, 1);
  header.writeUInt16BE(answer.runs.length, 2);
  const chunks = [header, ...answer.runs.map((run) => encodeRunHead(run))];
  for (const run of answer.runs) chunks.push(...run.sets);
  return chunks;
}

/** A receive's answer as one buffer: one copy of the stored sets. */
export function encodeReceiveAnswer(answer: ReceiveAnswer | Refusal): Buffer {
  return Buffer.concat(encodeReceiveAnswerChunks(answer));
}

/** Reads a receive's answer; the sets share its memory and are not checked. @throws {MqProtocolError} 'malformed', 'unsupported-version' */
export function decodeReceiveAnswer(body: Buffer): ReceiveAnswer | Refusal {
  const reader = new FrameReader(body, 'receive answer');
  reader.version(VERSION);
  const kind = reader.u8();
  const runCount = reader.u16();
  if (kind === REFUSED) return readRefusal(reader);
  if (kind !== RUNS) throw reader.malformed(`an answer of unknown kind ${kind}`);
  const heads: RunHead[] = [];
  let leftCount = RECEIVE_COUNT_MAX;
  for (let index = 0; index < runCount; index++) {
    const head = readRunHead(reader, leftCount);
    leftCount -= head.offsets.length;
    heads.push(head);
  }
  const runs = heads.map(({ setSizes, ...run }) => ({ ...run, sets: setSizes.map((size) => reader.take(size)) }));
  reader.end();
  return { runs };
}

function encodeRefusal(refusal: Refusal): Buffer {
  const message = Buffer.from(refusal.message.slice(0, MESSAGE_CHARS_MAX), 'utf8');
  const head = Buffer.alloc(HEADER_BYTES + 4);
  head.writeUInt8(VERSION, 0);
  head.writeUInt8(REFUSED, 1);
  head.writeUInt8(REFUSAL_CODES.indexOf(refusal.code), 4);
  head.writeUInt8(refusal.retryable ? 1 : 0, 5);
  head.writeUInt16BE(message.length, 6);
  return Buffer.concat([head, message]);
}

function readRefusal(reader: FrameReader): Refusal {
  const code = REFUSAL_CODES[reader.u8()];
  if (code === undefined) throw reader.malformed('an unknown refusal code');
  const retryable = reader.u8() === 1;
  const message = reader.text(reader.u16());
  reader.end();
  return { kind: 'refused', code, message, retryable };
}

function spansOf(run: LeasedRun): Span[] {
  const spans: Span[] = [];
  let last: Span | undefined;
  run.offsets.forEach((offset, index) => {
    const attempt = Math.min(run.attempts[index] ?? 1, 0xffff);
    if (last !== undefined && last.attempt === attempt && last.firstOffset + last.count === offset) {
      last.count += 1;
    } else {
      last = { firstOffset: offset, count: 1, attempt };
      spans.push(last);
    }
  });
  return spans;
}

function encodeRunHead(run: LeasedRun): Buffer {
  const spans = spansOf(run);
  const receipt = Buffer.from(run.receipt, 'utf8');
  if (receipt.length > 0xffff) throw new MqProtocolError('too-large', `a receipt of ${receipt.length} bytes`);
  const head = Buffer.allocUnsafe(
    RUN_HEAD_BYTES + receipt.length + SPAN_BYTES * spans.length + SET_HEAD_BYTES * run.sets.length,
  );
  let at = head.writeUInt16BE(run.queueId, 0);
  at = head.writeUInt16BE(receipt.length, at);
  at = head.writeUInt32BE(spans.length, at);
  at = head.writeUInt32BE(run.sets.length, at);
  at += receipt.copy(head, at);
  for (const span of spans) {
    at = head.writeBigUInt64BE(BigInt(span.firstOffset), at);
    at = head.writeUInt32BE(span.count, at);
    at = head.writeUInt16BE(span.attempt, at);
  }
  run.sets.forEach((set, index) => {
    at = head.writeUInt32BE(set.length, at);
    at = head.writeBigUInt64BE(BigInt(run.storedAtMs[index] ?? 0), at);
  });
  return head;
}

interface RunHead extends Omit<LeasedRun, 'sets'> {
  readonly setSizes: readonly number[];
}

function readRunHead(reader: FrameReader, countMax: number): RunHead {
  const queueId = reader.u16();
  const receiptBytes = reader.u16();
  const spanCount = reader.u32();
  const setCount = reader.u32();
  const receipt = reader.text(receiptBytes);
  reader.checkCount(spanCount, SPAN_BYTES);
  const offsets: number[] = [];
  const attempts: number[] = [];
  for (let index = 0; index < spanCount; index++) {
    const firstOffset = reader.u64();
    const count = reader.u32();
    const attempt = reader.u16();
    // The spans claim offsets without bytes to show for them: bounded here, before anything is built.
    if (offsets.length + count > countMax) throw reader.malformed(`more than ${RECEIVE_COUNT_MAX} leased messages`);
    for (let step = 0; step < count; step++) {
      offsets.push(firstOffset + step);
      attempts.push(attempt);
    }
  }
  reader.checkCount(setCount, SET_HEAD_BYTES);
  const setSizes: number[] = [];
  const storedAtMs: number[] = [];
  for (let index = 0; index < setCount; index++) {
    setSizes.push(reader.u32());
    storedAtMs.push(reader.u64());
  }
  return { queueId, receipt, offsets, attempts, setSizes, storedAtMs };
}
