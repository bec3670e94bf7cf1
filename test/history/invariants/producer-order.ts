import type { Expectations } from '../expectations.js';
import type { HistoryIndex, SendRecord } from '../history-index.js';
import type { Violation } from '../verdict.js';

/**
 * I5: the acknowledged messages of one producer stand in a queue in the order in which it sent them. With `order: 'completed'` only pairs count
 * of which the earlier was answered before the later began: messages in flight together may pass each other.
 */
export function checkProducerOrder(index: HistoryIndex, { order }: Expectations): Violation[] {
  const violations: Violation[] = [];
  for (const [name, sends] of sendsByProducerAndQueue(index)) {
    sends.sort((a, b) => a.offset - b.offset);
    // Highest beginning (or sequence) seen at lower offsets: whoever ended before it, or counts less, stands too late.
    let latest: SendRecord | undefined;
    for (const send of sends) {
      const isLate = latest !== undefined && isBefore(send, latest, order);
      if (isLate) {
        violations.push({
          invariant: 'I5 producer order',
          message: `${name}: ${send.id}@${send.offset} stands behind ${latest?.id}@${latest?.offset}`,
        });
      }
      if (latest === undefined || isLaterBegun(send, latest, order)) latest = send;
    }
  }
  return violations;
}

function isBefore(send: SendRecord, other: SendRecord, order: Expectations['order']): boolean {
  return order === 'sequence' ? send.seq < other.seq : send.endedMs < other.invokedMs;
}

function isLaterBegun(send: SendRecord, other: SendRecord, order: Expectations['order']): boolean {
  return order === 'sequence' ? send.seq > other.seq : send.invokedMs > other.invokedMs;
}

function sendsByProducerAndQueue(index: HistoryIndex): Map<string, SendRecord[]> {
  const groups = new Map<string, SendRecord[]>();
  for (const send of index.sends.values()) {
    if (send.outcome !== 'ok') continue;
    const name = `${send.producer} in ${send.topic}/${send.queueId}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [send]);
    else group.push(send);
  }
  return groups;
}
