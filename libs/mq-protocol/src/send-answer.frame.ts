import { FrameReader } from './frame-reader.js';
import { MqProtocolError } from './mq-protocol-error.js';
import { REFUSAL_CODES } from './refusal.js';
import type { SetOutcome } from './send-operation.js';

/*
 * Body of a send's answer (raw codec): one outcome per set of the request, same order. Integers are big-endian.
 *
 *   version u8 = 1 | reserved u8 = 0 | count u16 | count outcomes, each:
 *
 *   placed   0 u8 | queue id u16 | base offset u64 | stored-at ms u64 | topic size u8 | topic
 *   refused  1 u8 | code u8 (place in REFUSAL_CODES) | retryable u8 (0, 1) | message size u16 | message
 */

const VERSION = 1;
const HEADER_BYTES = 4;
const PLACED = 0;
const REFUSED = 1;
const PLACED_BYTES = 20;
const REFUSED_BYTES = 5;
const MESSAGE_BYTES_MAX = 1024;

/** The outcomes of one send as its answer's body. Messages of refusals are cut at 1 KiB. @throws {MqProtocolError} 'too-large' above 65535 outcomes. */
export function encodeSendAnswer(outcomes: readonly SetOutcome[]): Buffer {
  if (outcomes.length > 0xffff) throw new MqProtocolError('too-large', `${outcomes.length} outcomes in one answer`);
  const texts = outcomes.map((each) => textOf(each));
  let sizeBytes = HEADER_BYTES;
  outcomes.forEach((each, index) => {
    sizeBytes += (each.kind === 'placed' ? PLACED_BYTES : REFUSED_BYTES) + (texts[index]?.length ?? 0);
  });
  const body = Buffer.allocUnsafe(sizeBytes);
  body.writeUInt8(VERSION, 0);
  body.writeUInt8(0, 1);
  body.writeUInt16BE(outcomes.length, 2);
  let at = HEADER_BYTES;
  outcomes.forEach((each, index) => {
    const text = texts[index] ?? Buffer.alloc(0);
    at = writeOutcomeHead(body, at, each, text.length);
    at += text.copy(body, at);
  });
  return body;
}

/** Reads the outcomes of a send. @throws {MqProtocolError} 'malformed', 'unsupported-version' */
export function decodeSendAnswer(body: Buffer): SetOutcome[] {
  const reader = new FrameReader(body, 'send answer');
  reader.version(VERSION);
  reader.u8();
  const count = reader.u16();
  const outcomes: SetOutcome[] = [];
  for (let index = 0; index < count; index++) outcomes.push(readOutcome(reader));
  reader.end();
  return outcomes;
}

function textOf(outcome: SetOutcome): Buffer {
  if (outcome.kind === 'refused') return Buffer.from(outcome.message.slice(0, MESSAGE_BYTES_MAX / 4), 'utf8');
  const topic = Buffer.from(outcome.topic, 'utf8');
  if (topic.length > 0xff) throw new MqProtocolError('too-large', `a topic of ${topic.length} bytes`);
  return topic;
}

function writeOutcomeHead(body: Buffer, from: number, outcome: SetOutcome, textBytes: number): number {
  let at = from;
  if (outcome.kind === 'placed') {
    at = body.writeUInt8(PLACED, at);
    at = body.writeUInt16BE(outcome.queueId, at);
    at = body.writeBigUInt64BE(BigInt(outcome.baseOffset), at);
    at = body.writeBigUInt64BE(BigInt(outcome.storedAtMs), at);
    return body.writeUInt8(textBytes, at);
  }
  at = body.writeUInt8(REFUSED, at);
  at = body.writeUInt8(REFUSAL_CODES.indexOf(outcome.code), at);
  at = body.writeUInt8(outcome.retryable ? 1 : 0, at);
  return body.writeUInt16BE(textBytes, at);
}

function readOutcome(reader: FrameReader): SetOutcome {
  const kind = reader.u8();
  if (kind === PLACED) {
    const queueId = reader.u16();
    const baseOffset = reader.u64();
    const storedAtMs = reader.u64();
    return { kind: 'placed', topic: reader.text(reader.u8()), queueId, baseOffset, storedAtMs };
  }
  if (kind !== REFUSED) throw reader.malformed(`an outcome of unknown kind ${kind}`);
  const code = REFUSAL_CODES[reader.u8()];
  if (code === undefined) throw reader.malformed('an unknown refusal code');
  const retryable = reader.u8() === 1;
  return { kind: 'refused', code, message: reader.text(reader.u16()), retryable };
}
