import { checkMessageSet, decodeMessages, isBrokerPartIntact, type StoredMessage, viewMessageSet } from '#message-set';
import type { LeasedRun } from '#mq-protocol';
import type { ReceivedMessage } from '../received-message.js';

const NO_KEYS: readonly string[] = Object.freeze([]);
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** The leased messages of a run, in order. `problem` names the first set that is not intact: its messages are left to their lease. */
export interface OpenedRun {
  readonly messages: readonly ReceivedMessage[];
  readonly problem: string | undefined;
}

/** Decodes the sets of a run and picks the leased offsets. Every set is checked first, so that damage on the way is never handled as a message. */
export function openRun(topic: string, run: LeasedRun): OpenedRun {
  const messages: ReceivedMessage[] = [];
  let problem: string | undefined;
  let next = 0;
  for (const [index, set] of run.sets.entries()) {
    const check = checkMessageSet(set);
    if (check.kind !== 'ok' || !isBrokerPartIntact(set, 0)) {
      problem ??= check.kind === 'ok' ? 'broker part not intact' : check.detail;
      continue;
    }
    const storedAtMs = run.storedAtMs[index] ?? 0;
    for (const stored of decodeMessages(viewMessageSet(set))) {
      while ((run.offsets[next] ?? Number.POSITIVE_INFINITY) < stored.offset) next += 1;
      if (run.offsets[next] !== stored.offset) continue;
      messages.push(received(topic, run.queueId, stored, run.attempts[next] ?? 1, storedAtMs));
      next += 1;
    }
  }
  return { messages, problem };
}

function received(
  topic: string,
  queueId: number,
  stored: StoredMessage,
  deliveryAttempt: number,
  storedAtMs: number,
): ReceivedMessage {
  return {
    messageId: stored.messageId,
    topic,
    tag: stored.tag,
    keys: stored.keys ?? NO_KEYS,
    orderingKey: stored.orderingKey,
    queueId,
    offset: stored.offset,
    deliveryAttempt,
    bornAtMs: stored.bornAtMs,
    storedAtMs,
    headers: stored.properties ?? NO_HEADERS,
    traceparent: stored.traceparent,
    body: stored.body,
    bodyEncoding: stored.bodyEncoding,
  };
}
