import type { Clock, Logger } from '#platform';
import type { MessageStore } from '#store';
import { applyRecord } from './apply-record.js';
import { groupKey } from './broker-state.js';
import type { ConfirmedState } from './confirmed-state.js';
import { OffsetRanges } from './offset-ranges.js';
import { encodeRecord } from './record.format.js';
import { decodeState, encodeSnapshotParts, encodeState } from './snapshot.format.js';
import type { Acked, StateRecord } from './state-record.js';
import { encodeStateSet } from './state-set.js';

/** Records that are collected for one entry; a rough size keeps entries near 1 MiB. */
const ENTRY_BYTES_AIM = 1024 * 1024;
const RANGE_BYTES = 8;
const RECORD_BYTES = 256;

/** One entry in the making: what came during one turn of the event loop. */
interface Gathering {
  readonly others: StateRecord[];
  readonly acks: Map<string, Map<number, OffsetRanges>>;
  readonly ackNames: Map<string, Acked>;
  sizeBytes: number;
  readonly durable: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The one writer of state records and snapshots. Acks of one turn and one group become one record, all records of one turn one entry. */
export class StateLog {
  private gathering: Gathering | undefined;
  /** Appended and not yet confirmed, in log order: what a snapshot must contain beyond the confirmed state. */
  private readonly unconfirmed: StateRecord[] = [];
  private droppedCount = 0;
  /** Of the newest snapshot, or of the place where writing one was last tried: a store that refuses is not asked again at every group. */
  private snapshotPosition: number;
  private snapshotting: Promise<void> | undefined;

  constructor(
    private readonly store: MessageStore,
    private readonly state: ConfirmedState,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.snapshotPosition = state.snapshotPosition;
    this.droppedCount = state.confirmedRecordCount;
  }

  /** Resolves once `record` is durable and applied. @throws what `MessageStore.append` throws (nothing stored) or `durable` rejects with (unknown). */
  append(record: StateRecord): Promise<void> {
    const gathering = this.open();
    if (record.kind === 'acked') gatherAck(gathering, record);
    else {
      gathering.others.push(record);
      gathering.sizeBytes += RECORD_BYTES;
    }
    if (gathering.sizeBytes >= ENTRY_BYTES_AIM) this.flush();
    return gathering.durable;
  }

  /** Appends what has been gathered, now. */
  flush(): void {
    const gathering = this.gathering;
    if (gathering === undefined) return;
    this.gathering = undefined;
    try {
      const records = [...gathering.others, ...mergedAcks(gathering)];
      const sets = records.map((record) => encodeStateSet('control', encodeRecord(record)));
      const appended = this.store.append(sets);
      this.unconfirmed.push(...records);
      appended.durable.then(gathering.resolve, gathering.reject);
    } catch (error) {
      gathering.reject(error);
    }
  }

  /** Bytes of confirmed log since a snapshot was written or refused. */
  get bytesSinceSnapshot(): number {
    return this.store.confirmedPosition - this.snapshotPosition;
  }

  /** Writes a snapshot and moves the replay position to it. One at a time; a failure is logged and leaves the older one in force. */
  snapshot(): Promise<void> {
    this.snapshotting ??= this.writeSnapshot().finally(() => {
      this.snapshotting = undefined;
    });
    return this.snapshotting;
  }

  private async writeSnapshot(): Promise<void> {
    try {
      this.flush();
      // The state as of this point of the log: confirmed, and what lies between that and here. A copy, as the second part may never come true.
      const state = decodeState(encodeState(this.state.current));
      this.dropConfirmed();
      for (const record of this.unconfirmed) applyRecord(state, record);
      const appended = this.store.append(encodeSnapshotParts(state).map((part) => encodeStateSet('snapshot', part)));
      this.snapshotPosition = appended.position;
      await appended.durable;
      this.store.setReplayPosition(appended.position);
    } catch (error) {
      this.snapshotPosition = Math.max(this.snapshotPosition, this.store.confirmedPosition);
      this.logger.warn('no snapshot was written; replay starts at the one before', { error: String(error) });
    }
  }

  private open(): Gathering {
    if (this.gathering !== undefined) return this.gathering;
    this.dropConfirmed();
    let resolve = () => {};
    let reject: (error: unknown) => void = () => {};
    const durable = new Promise<void>((onDurable, onFailed) => {
      resolve = onDurable;
      reject = onFailed;
    });
    const empty = { others: [], acks: new Map(), ackNames: new Map(), sizeBytes: 0 };
    const gathering = { ...empty, durable, resolve, reject };
    this.gathering = gathering;
    this.clock.afterIo(() => {
      if (this.gathering === gathering) this.flush();
    });
    return gathering;
  }

  private dropConfirmed(): void {
    const confirmedCount = this.state.confirmedRecordCount;
    this.unconfirmed.splice(0, confirmedCount - this.droppedCount);
    this.droppedCount = confirmedCount;
  }
}

function gatherAck(gathering: Gathering, record: Acked): void {
  const key = groupKey(record.group, record.topic);
  let queues = gathering.acks.get(key);
  if (queues === undefined) {
    queues = new Map();
    gathering.acks.set(key, queues);
    gathering.ackNames.set(key, record);
    gathering.sizeBytes += RECORD_BYTES;
  }
  for (const { queueId, ranges } of record.queues) {
    let merged = queues.get(queueId);
    if (merged === undefined) {
      merged = new OffsetRanges();
      queues.set(queueId, merged);
    }
    for (const { from, to } of ranges) merged.add(from, to);
    gathering.sizeBytes += RANGE_BYTES * ranges.length;
  }
}

function mergedAcks(gathering: Gathering): Acked[] {
  const records: Acked[] = [];
  for (const [key, { group, topic }] of gathering.ackNames) {
    const queues = [...(gathering.acks.get(key) ?? [])];
    records.push({
      kind: 'acked',
      group,
      topic,
      queues: queues.map(([queueId, merged]) => ({ queueId, ranges: merged.ranges() })),
    });
  }
  return records;
}
