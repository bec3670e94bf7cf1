import type { Expectations } from '../expectations.js';
import type { HistoryIndex, SendRecord } from '../history-index.js';
import type { Violation } from '../verdict.js';

/** I5: the acknowledged messages of one producer stand in a queue in the order in which it sent them; `Expectations.order` says how strictly. */
export function checkProducerOrder(index: HistoryIndex, { order }: Expectations): Violation[] {
  const placed = [...index.sends.values()].filter(({ outcome }) => outcome === 'ok');
  if (order === 'sequence') return misplaced(placed, laneOfQueue, bySequence);
  const inTime = misplaced(placed, laneOfQueue, byTime);
  if (order === 'completed') return inTime;
  const keyed = placed.filter(({ key }) => key !== undefined);
  return [...inTime, ...misplaced(keyed, (send) => `${laneOfQueue(send)} key ${send.key}`, bySequence)];
}

/** When a send certainly comes before another, and which of two beginnings is the later one. */
interface Order {
  isBefore(send: SendRecord, other: SendRecord): boolean;
  isLater(send: SendRecord, other: SendRecord): boolean;
}

const bySequence: Order = {
  isBefore: (send, other) => send.seq < other.seq,
  isLater: (send, other) => send.seq > other.seq,
};

const byTime: Order = {
  isBefore: (send, other) => send.endedMs < other.invokedMs,
  isLater: (send, other) => send.invokedMs > other.invokedMs,
};

function laneOfQueue({ producer, topic, queueId }: SendRecord): string {
  return `${producer} in ${topic}/${queueId}`;
}

function misplaced(sends: readonly SendRecord[], laneOf: (send: SendRecord) => string, order: Order): Violation[] {
  const violations: Violation[] = [];
  for (const [name, lane] of lanes(sends, laneOf)) {
    // The latest beginning among the lower offsets: whoever comes before it stands too late.
    let latest: SendRecord | undefined;
    for (const send of lane.sort((a, b) => a.offset - b.offset)) {
      if (latest !== undefined && order.isBefore(send, latest)) {
        const message = `${name}: ${send.id}@${send.offset} stands behind ${latest.id}@${latest.offset}`;
        violations.push({ invariant: 'I5 producer order', message });
      }
      if (latest === undefined || order.isLater(send, latest)) latest = send;
    }
  }
  return violations;
}

function lanes(sends: readonly SendRecord[], laneOf: (send: SendRecord) => string): Map<string, SendRecord[]> {
  const found = new Map<string, SendRecord[]>();
  for (const send of sends) {
    const name = laneOf(send);
    const lane = found.get(name);
    if (lane === undefined) found.set(name, [send]);
    else lane.push(send);
  }
  return found;
}
