import type { HistoryEvent } from './history-event.js';

/** One message from its sender's side. */
export interface SendRecord {
  readonly id: string;
  readonly producer: string;
  readonly seq: number;
  readonly topic: string;
  readonly key: string | undefined;
  readonly crc: number | undefined;
  readonly invokedMs: number;
  endedMs: number;
  outcome: 'ok' | 'fail' | 'info';
  queueId: number;
  offset: number;
}

/** One arrival of a message at a consumer, or one settling of it. */
export interface GroupEvent {
  readonly tMs: number;
  readonly proc: string;
  readonly id: string | undefined;
  readonly crc: number | undefined;
  readonly receipt: string | undefined;
  readonly attempt: number | undefined;
}

/** Everything one group did at one offset of one queue. */
export interface SlotRecord {
  readonly offset: number;
  readonly receives: GroupEvent[];
  readonly delivers: GroupEvent[];
  readonly acksOk: GroupEvent[];
  readonly nacks: GroupEvent[];
}

/** One queue as one group saw it. */
export interface GroupQueue {
  readonly group: string;
  readonly topic: string;
  readonly queueId: number;
  readonly slots: Map<number, SlotRecord>;
}

/** The histories, gathered in one pass; the invariants are functions of it. */
export interface HistoryIndex {
  eventCount: number;
  readonly sends: Map<string, SendRecord>;
  /** By `group topic queueId`. */
  readonly queues: Map<string, GroupQueue>;
  /** `tMs`: when it began; `endMs`: when it was certainly done. */
  readonly faults: { readonly name: string; readonly tMs: number; readonly endMs: number; readonly proc: string }[];
  /** Begun and not done yet, by writer and name. */
  readonly faultsBegun: Map<string, number>;
  readonly progress: (GroupEvent & { readonly queue: string; readonly floor: number })[];
  readonly drainedGroups: Set<string>;
}

/** Gathers the events of all histories, file after file: within a file a beginning stands before its end; between files only the times count. */
export function indexHistory(events: Iterable<HistoryEvent>): HistoryIndex {
  const index: HistoryIndex = {
    eventCount: 0,
    sends: new Map(),
    queues: new Map(),
    faults: [],
    faultsBegun: new Map(),
    progress: [],
    drainedGroups: new Set(),
  };
  for (const event of events) {
    index.eventCount += 1;
    take(index, event);
  }
  index.faults.sort((a, b) => a.tMs - b.tMs);
  return index;
}

function take(index: HistoryIndex, event: HistoryEvent): void {
  switch (event.op) {
    case 'send':
      takeSend(index, event);
      break;
    case 'receive':
    case 'deliver':
    case 'ack':
    case 'nack':
      takeGroupEvent(index, event);
      break;
    case 'progress':
      index.progress.push({ ...groupEvent(event), queue: queueName(event), floor: event.offset ?? 0 });
      break;
    case 'fault':
      takeFault(index, event);
      break;
    case 'drain':
      if (event.phase === 'ok') index.drainedGroups.add(event.group ?? '');
  }
}

/** A fault counts from its beginning, but only if it was done: between the two nobody knows. */
function takeFault(index: HistoryIndex, event: HistoryEvent): void {
  const name = event.fault ?? '';
  const begun = `${event.proc} ${name}`;
  if (event.phase === 'invoke') index.faultsBegun.set(begun, event.tMonoMs);
  if (event.phase !== 'ok') return;
  const tMs = index.faultsBegun.get(begun) ?? event.tMonoMs;
  index.faults.push({ name, tMs, endMs: event.tMonoMs, proc: event.proc });
  index.faultsBegun.delete(begun);
}

function takeSend(index: HistoryIndex, event: HistoryEvent): void {
  const id = event.id ?? '';
  if (event.phase === 'invoke') {
    const cut = id.lastIndexOf(':');
    index.sends.set(id, {
      id,
      producer: id.slice(0, cut),
      seq: Number(id.slice(cut + 1)),
      topic: event.topic ?? '',
      key: event.key,
      crc: event.crc,
      invokedMs: event.tMonoMs,
      // Until an end is read the outcome is unknown, and it was in flight for ever.
      endedMs: Number.POSITIVE_INFINITY,
      outcome: 'info',
      queueId: -1,
      offset: -1,
    });
    return;
  }
  const send = index.sends.get(id);
  if (send === undefined) throw new Error(`history: end of send ${id} without its beginning`);
  send.endedMs = event.tMonoMs;
  send.outcome = event.phase;
  send.queueId = event.queueId ?? -1;
  send.offset = event.offset ?? -1;
}

function takeGroupEvent(index: HistoryIndex, event: HistoryEvent): void {
  const name = queueName(event);
  let queue = index.queues.get(name);
  if (queue === undefined) {
    queue = { group: event.group ?? '', topic: event.topic ?? '', queueId: event.queueId ?? -1, slots: new Map() };
    index.queues.set(name, queue);
  }
  const offset = event.offset ?? -1;
  let slot = queue.slots.get(offset);
  if (slot === undefined) {
    slot = { offset, receives: [], delivers: [], acksOk: [], nacks: [] };
    queue.slots.set(offset, slot);
  }
  if (event.op === 'receive') slot.receives.push(groupEvent(event));
  if (event.op === 'deliver') slot.delivers.push(groupEvent(event));
  if (event.op === 'ack' && event.phase === 'ok') slot.acksOk.push(groupEvent(event));
  // A nack may take effect from its beginning on, answered or not.
  if (event.op === 'nack' && event.phase === 'invoke') slot.nacks.push(groupEvent(event));
}

function groupEvent(event: HistoryEvent): GroupEvent {
  const { tMonoMs, proc, id, crc, receipt, attempt } = event;
  return { tMs: tMonoMs, proc, id, crc, receipt, attempt };
}

function queueName({ group = '', topic = '', queueId = -1 }: HistoryEvent): string {
  return `${group} ${topic} ${queueId}`;
}
