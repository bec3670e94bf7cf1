import { type BrokerState, groupKey } from './broker-state.js';
import { QueueProgress } from './queue-progress.js';
import type { Acked, Failed, StateRecord } from './state-record.js';

/**
 * Applies one record to `state`, which it changes and nothing else: the same records in the same order give the same state, live and in replay.
 * A record that was already applied (a creation) or speaks of a group that is unknown changes nothing.
 */
export function applyRecord(state: BrokerState, record: StateRecord): void {
  switch (record.kind) {
    case 'topic-created':
      if (!state.topics.has(record.topic)) {
        state.topics.set(record.topic, { topic: record.topic, queueCount: record.queueCount });
      }
      return;
    case 'group-created': {
      const key = groupKey(record.group, record.topic);
      if (state.groups.has(key)) return;
      const { group, topic, startFrom } = record;
      const queues = record.startOffsets.map((offset) => new QueueProgress(offset));
      state.groups.set(key, { group, topic, startFrom, queues });
      return;
    }
    case 'acked':
      eachQueue(state, record, (progress, ranges) => progress.settle(ranges));
      return;
    case 'failed':
      eachQueue(state, record, (progress, ranges) => progress.fail(ranges, record.visibleAtMs));
      return;
    case 'receipt-key':
      if (state.receiptKey === undefined) state.receiptKey = record.key;
      return;
  }
}

type Ranges = Acked['queues'][number]['ranges'];

function eachQueue(
  state: BrokerState,
  record: Acked | Failed,
  apply: (progress: QueueProgress, ranges: Ranges) => void,
) {
  const group = state.groups.get(groupKey(record.group, record.topic));
  if (group === undefined) return;
  for (const { queueId, ranges } of record.queues) {
    const progress = group.queues[queueId];
    if (progress !== undefined) apply(progress, ranges);
  }
}
