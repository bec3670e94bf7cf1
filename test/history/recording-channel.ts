import { decodeMessages, viewMessageSet } from '#message-set';
import {
  type AckRequest,
  decodeReceiveAnswer,
  isRefusal,
  MQ_ROUTES,
  parseAckRequest,
  parseNackRequest,
  parseReceiveRequest,
  parseRefusal,
  parseSettleAnswer,
  type ReceiveAnswer,
} from '#mq-protocol';
import type { CallOptions, RpcChannel } from '#rpc';
import type { HistoryOp } from './history-event.js';
import type { HistoryWriter } from './history-writer.js';
import { proofId, readProof } from './proof-payload.js';

/**
 * A channel that writes into `history` what a consumer receives and settles over it: at the border of the client, where an answer is read, and
 * whatever the client does with it later. Everything else passes untouched.
 */
export function recordingChannel(channel: RpcChannel, history: HistoryWriter): RpcChannel {
  const call = (route: string, payload: unknown, options?: CallOptions): Promise<unknown> => {
    if (route === MQ_ROUTES.receive) return recordReceive(channel, history, payload, options);
    if (route === MQ_ROUTES.ack) return recordSettle(channel, history, 'ack', payload, options);
    if (route === MQ_ROUTES.nack) return recordSettle(channel, history, 'nack', payload, options);
    return channel.call(route, payload, options);
  };
  return {
    get status() {
      return channel.status;
    },
    onStatus: (listener) => channel.onStatus(listener),
    connect: () => channel.connect(),
    call,
    open: (route, payload, sink, options) => channel.open(route, payload, sink, options),
    oneway: (route, payload, options) => channel.oneway(route, payload, options),
    close: () => channel.close(),
  };
}

async function recordReceive(
  channel: RpcChannel,
  history: HistoryWriter,
  payload: unknown,
  options: CallOptions | undefined,
): Promise<unknown> {
  const { group, topic } = parseReceiveRequest(payload);
  const answer = await channel.call(MQ_ROUTES.receive, payload, options);
  if (Buffer.isBuffer(answer)) {
    const decoded = decodeReceiveAnswer(answer);
    if (!isRefusal(decoded)) writeArrivals(history, group, topic, decoded);
  }
  return answer;
}

function writeArrivals(history: HistoryWriter, group: string, topic: string, { runs }: ReceiveAnswer): void {
  for (const { queueId, receipt, offsets, attempts, sets } of runs) {
    const leased = new Map(offsets.map((offset, index) => [offset, attempts[index] ?? 0]));
    for (const message of sets.flatMap((set) => decodeMessages(viewMessageSet(set)))) {
      const attempt = leased.get(message.offset);
      if (attempt === undefined) continue;
      const proof = readProof(message.body);
      const proven = proof === undefined ? { err: 'bytes that prove nothing' } : { id: proofId(proof), crc: proof.crc };
      const slot = { group, topic, queueId, offset: message.offset };
      history.write({ op: 'receive', phase: 'ok', ...slot, receipt, attempt, ...proven });
    }
  }
}

async function recordSettle(
  channel: RpcChannel,
  history: HistoryWriter,
  op: HistoryOp & ('ack' | 'nack'),
  payload: unknown,
  options: CallOptions | undefined,
): Promise<unknown> {
  const request = op === 'ack' ? parseAckRequest(payload) : parseNackRequest(payload);
  const write = (phase: 'invoke' | 'ok' | 'fail' | 'info', item: AckRequest['items'][number], err?: string): void => {
    const { queueId, receipt } = item;
    for (const offset of item.offsets) {
      const slot = { group: request.group, topic: request.topic, queueId, offset, receipt };
      history.write({ op, phase, ...slot, ...(err !== undefined && { err }) });
    }
  };
  for (const item of request.items) write('invoke', item);
  try {
    const answer = await channel.call(op === 'ack' ? MQ_ROUTES.ack : MQ_ROUTES.nack, payload, options);
    const outcomes = outcomesOf(answer, request.items.length);
    for (const [at, item] of request.items.entries()) {
      const outcome = outcomes[at];
      write(outcome === 'settled' ? 'ok' : 'fail', item, outcome === 'settled' ? undefined : outcome);
    }
    return answer;
  } catch (error) {
    for (const item of request.items) write('info', item, String(error));
    throw error;
  }
}

/** A refusal settles nothing, and says so for all. */
function outcomesOf(answer: unknown, count: number): readonly string[] {
  const refusal = parseRefusal(answer);
  if (refusal !== undefined) return Array.from({ length: count }, () => `refused: ${refusal.code}`);
  return parseSettleAnswer(answer).outcomes;
}
