import { viewMessageSet } from '#message-set';
import { invariant } from '#platform';
import type { ConfirmedListener, ConfirmedSet } from '#store';
import { applyRecord } from './apply-record.js';
import { type BrokerState, emptyState } from './broker-state.js';
import { decodeRecord } from './record.format.js';
import { decodeSnapshotPart, decodeState } from './snapshot.format.js';
import { stateSetBody } from './state-set.js';

/**
 * The broker's state as the confirmed log gives it. Made before the store, because the store replays the log into `listener` while it opens;
 * then handed to `createMessageBroker` together with the store.
 */
export interface ConfirmedState {
  /** Give it to `openMessageStore`. Throws MqError 'bad-record' out of the replay when the log holds a record that this version cannot read. */
  readonly listener: ConfirmedListener;
  /** The state now; replaced as a whole when a snapshot is replayed, so never keep a reference across calls. */
  readonly current: BrokerState;
  /** State records confirmed since the start, replayed ones included. */
  readonly confirmedRecordCount: number;
  /** Position of the newest snapshot seen, 0 if none. */
  readonly snapshotPosition: number;
  /** Calls `task` after every confirmed group from now on, with the topics that got messages (valid during the call). One at a time: the broker. */
  onGroupConfirmed(task: (topics: ReadonlySet<string>) => void): void;
}

/** See ConfirmedState. */
export function createBrokerState(): ConfirmedState {
  return new ConfirmedRecords();
}

class ConfirmedRecords implements ConfirmedState, ConfirmedListener {
  private state = emptyState();
  private wake: (topics: ReadonlySet<string>) => void = () => {};
  private readonly arrivedTopics = new Set<string>();
  private parts: Buffer[] = [];
  private partsPosition = 0;
  private newestSnapshotPosition = 0;
  private recordCount = 0;

  get listener(): ConfirmedListener {
    return this;
  }

  get current(): BrokerState {
    return this.state;
  }

  get confirmedRecordCount(): number {
    return this.recordCount;
  }

  get snapshotPosition(): number {
    return this.newestSnapshotPosition;
  }

  onGroupConfirmed(task: (topics: ReadonlySet<string>) => void): void {
    this.wake = task;
  }

  confirmed(set: ConfirmedSet): void {
    const view = viewMessageSet(set.bytes);
    if (view.kind === 'messages') {
      if (!set.isReplay) this.arrivedTopics.add(view.topic);
    } else if (view.kind === 'control') {
      applyRecord(this.state, decodeRecord(stateSetBody(view)));
      this.recordCount += 1;
      // Live, a snapshot says what this state already is.
    } else if (view.kind === 'snapshot' && set.isReplay) {
      this.replaySnapshot(stateSetBody(view), set.position);
    }
  }

  groupConfirmed(): void {
    this.wake(this.arrivedTopics);
    this.arrivedTopics.clear();
  }

  private replaySnapshot(body: Buffer, position: number): void {
    const part = decodeSnapshotPart(body);
    if (part.index === 0) {
      this.parts = [];
      this.partsPosition = position;
    }
    // Parts are one entry, so they come together and in order, or not at all.
    invariant(part.index === this.parts.length, 'the parts of a snapshot follow each other');
    this.parts.push(part.bytes);
    if (part.index + 1 < part.count) return;
    this.state = decodeState(Buffer.concat(this.parts));
    this.newestSnapshotPosition = this.partsPosition;
    this.parts = [];
  }
}
