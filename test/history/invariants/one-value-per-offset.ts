import type { HistoryIndex } from '../history-index.js';
import type { Violation } from '../verdict.js';

/** I4: an offset of a queue means the same message to its sender, to every group and for ever. */
export function checkOneValuePerOffset(index: HistoryIndex): Violation[] {
  const violations: Violation[] = [];
  const queues = new Map<string, Map<number, string>>();
  const see = (topic: string, queueId: number, offset: number, id: string): void => {
    const name = `${topic}/${queueId}`;
    const values = queues.get(name) ?? new Map<number, string>();
    queues.set(name, values);
    const first = values.get(offset);
    if (first === undefined) values.set(offset, id);
    else if (first !== id) {
      violations.push({ invariant: 'I4 one value per offset', message: `${name}@${offset} is ${first} and ${id}` });
    }
  };
  for (const { topic, queueId, offset, outcome, id } of index.sends.values()) {
    if (outcome === 'ok') see(topic, queueId, offset, id);
  }
  for (const { topic, queueId, slots } of index.queues.values()) {
    for (const { offset, receives, delivers } of slots.values()) {
      for (const { id } of [...receives, ...delivers]) if (id !== undefined) see(topic, queueId, offset, id);
    }
  }
  return violations;
}
