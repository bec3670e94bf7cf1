import type { GroupEvent, HistoryIndex } from '../history-index.js';
import type { Violation } from '../verdict.js';

/** I2 and I3: every delivery is a message that somebody tried to send, byte for byte, and whose send was not refused for certain. */
export function checkDeliveredWasSent(index: HistoryIndex): Violation[] {
  const violations: Violation[] = [];
  for (const { group, topic, queueId, slots } of index.queues.values()) {
    for (const { offset, receives, delivers } of slots.values()) {
      for (const event of [...receives, ...delivers]) {
        const violation = judge(index, event, topic);
        if (violation === undefined) continue;
        violations.push({
          ...violation,
          message: `${group} got ${violation.message} at ${topic}/${queueId}@${offset}`,
        });
      }
    }
  }
  return violations;
}

function judge(index: HistoryIndex, event: GroupEvent, topic: string): Violation | undefined {
  if (event.id === undefined) return { invariant: 'I2 no phantom', message: 'bytes that prove nothing' };
  const send = index.sends.get(event.id);
  if (send === undefined) return { invariant: 'I2 no phantom', message: `${event.id}, which nobody sent` };
  if (send.topic !== topic) {
    return { invariant: 'I2 no phantom', message: `${event.id}, which was sent to ${send.topic}` };
  }
  if (send.crc !== undefined && event.crc !== undefined && send.crc !== event.crc) {
    return { invariant: 'I2 no phantom', message: `${event.id} with other bytes than were sent` };
  }
  if (send.outcome !== 'fail') return undefined;
  return { invariant: 'I3 no delivery of a failed send', message: `${event.id}, which the broker had refused` };
}
