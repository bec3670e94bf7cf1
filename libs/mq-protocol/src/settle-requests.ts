import { ObjectFields } from './object-fields.js';
import { RECEIVE_COUNT_MAX } from './receive-answer.frame.js';
import { VISIBILITY_MS_MAX } from './receive-request.js';
import type { AckRequest, ExtendRequest, NackRequest, ReceiptItem, SettleAnswer } from './settle-operations.js';

const ITEM_COUNT_MAX = 4096;
const RECEIPT_CHARS_MAX = 512;

/** Body of ack, nack and extend as it is sent: offsets as ranges, because a batch is mostly consecutive. */
export interface SettleBody {
  readonly group: string;
  readonly topic: string;
  readonly items: readonly {
    readonly queueId: number;
    readonly receipt: string;
    /** Pairs: first offset, count, first offset, count, ...; ascending. */
    readonly ranges: readonly number[];
  }[];
  readonly delayMs?: number;
  /** Sent only when false: a broker that does not know it counts a failure, which loses nothing. */
  readonly countsAsFailure?: boolean;
  readonly visibilityMs?: number;
}

/** The body to send for an ack, nack or extend (plain object: msgpack or JSON). Offsets of each item must ascend. */
export function settleBody(request: AckRequest | NackRequest | ExtendRequest): SettleBody {
  const items = request.items.map(({ queueId, receipt, offsets }) => ({ queueId, receipt, ranges: rangesOf(offsets) }));
  const { group, topic } = request;
  if ('delayMs' in request) {
    const nack = { group, topic, items, delayMs: request.delayMs };
    return request.countsAsFailure === false ? { ...nack, countsAsFailure: false } : nack;
  }
  if ('visibilityMs' in request) return { group, topic, items, visibilityMs: request.visibilityMs };
  return { group, topic, items };
}

/** Checks an ack's body. @throws {MqProtocolError} 'bad-request' with every problem. */
export function parseAckRequest(value: unknown): AckRequest {
  const fields = new ObjectFields(value, 'ack');
  return fields.finish(settleFields(fields));
}

/** Checks a nack's body. @throws {MqProtocolError} 'bad-request' with every problem. */
export function parseNackRequest(value: unknown): NackRequest {
  const fields = new ObjectFields(value, 'nack');
  const nack = { ...settleFields(fields), delayMs: fields.integer('delayMs', 0, VISIBILITY_MS_MAX) };
  if (!fields.has('countsAsFailure')) return fields.finish(nack);
  return fields.finish({ ...nack, countsAsFailure: fields.flag('countsAsFailure') });
}

/** Checks an extend's body. @throws {MqProtocolError} 'bad-request' with every problem. */
export function parseExtendRequest(value: unknown): ExtendRequest {
  const fields = new ObjectFields(value, 'extend');
  return fields.finish({ ...settleFields(fields), visibilityMs: fields.integer('visibilityMs', 1, VISIBILITY_MS_MAX) });
}

/** Checks the answer to ack, nack or extend, on the client. @throws {MqProtocolError} 'bad-request' */
export function parseSettleAnswer(value: unknown): SettleAnswer {
  const fields = new ObjectFields(value, 'answer');
  const outcomes: ('settled' | 'stale' | 'unknown')[] = [];
  for (const each of fields.list('outcomes', ITEM_COUNT_MAX)) {
    if (each === 'settled' || each === 'stale' || each === 'unknown') outcomes.push(each);
    else fields.note('outcomes', 'one of settled, stale, unknown is expected');
  }
  return fields.finish({ outcomes });
}

function settleFields(fields: ObjectFields): AckRequest {
  let leftCount = RECEIVE_COUNT_MAX;
  const items: ReceiptItem[] = [];
  for (const item of fields.objects('items', ITEM_COUNT_MAX)) {
    const offsets = readRanges(item, leftCount);
    leftCount -= offsets.length;
    items.push({
      queueId: item.integer('queueId', 0, 65_535),
      receipt: item.text('receipt', 1, RECEIPT_CHARS_MAX),
      offsets,
    });
  }
  return { group: fields.text('group', 1, 127), topic: fields.text('topic', 1, 127), items };
}

function rangesOf(offsets: readonly number[]): number[] {
  const ranges: number[] = [];
  let first = 0;
  let count = 0;
  for (const offset of offsets) {
    if (count > 0 && offset === first + count) {
      count += 1;
      continue;
    }
    if (count > 0) ranges.push(first, count);
    first = offset;
    count = 1;
  }
  if (count > 0) ranges.push(first, count);
  return ranges;
}

function readRanges(item: ObjectFields, countMax: number): number[] {
  const ranges = item.list('ranges', 2 * RECEIVE_COUNT_MAX);
  const offsets: number[] = [];
  let floor = 0;
  for (let index = 0; index < ranges.length; index += 2) {
    const first = ranges[index];
    const count = ranges[index + 1];
    const isRange = isOffset(first) && isOffset(count) && count >= 1 && first >= floor && isOffset(first + count);
    if (!isRange) {
      item.note('ranges', 'ascending pairs of first offset and count are expected');
      return [];
    }
    if (offsets.length + count > countMax) {
      item.note('ranges', `a request names up to ${RECEIVE_COUNT_MAX} messages`);
      return [];
    }
    for (let step = 0; step < count; step++) offsets.push(first + step);
    floor = first + count;
  }
  if (offsets.length === 0) item.note('ranges', 'at least one offset is expected');
  return offsets;
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
