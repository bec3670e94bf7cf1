import type { ReceiveRequest } from '#mq-protocol';
import type { MessageStore } from '#store';
import type { GroupState } from './broker-state.js';
import { QueueDelivery } from './queue-delivery.js';
import type { LeasedSpan } from './receipt.js';

/** Offsets that were taken for a receive from one queue, before they are read. */
export interface Taken {
  readonly queue: QueueDelivery;
  readonly spans: readonly LeasedSpan[];
}

/** A receive that waits for messages. */
export interface ParkedReceive {
  readonly request: ReceiveRequest;
  /** Ends the wait with what was taken for it; nothing = empty answer. Called once. */
  wake(taken: readonly Taken[]): void;
}

/** One group on one topic: its queues, in turns, and the receives that wait for them. Volatile. */
export class GroupDelivery {
  readonly queues: readonly QueueDelivery[];
  /** Receives that wait, by attempt id, longest first. */
  readonly parked = new Map<string, ParkedReceive>();
  private turn = 0;

  constructor(
    readonly state: GroupState,
    private readonly store: MessageStore,
    windowOffsetCount: number,
  ) {
    this.queues = state.queues.map((progress, queueId) => new QueueDelivery(queueId, progress, windowOffsetCount));
  }

  /** Takes free messages for a receive: of its queue, or of all, beginning with another one each time. */
  take(request: ReceiveRequest): Taken[] {
    const taken: Taken[] = [];
    let leftCount = request.messageCountMax;
    const queueCount = this.queues.length;
    const isAny = request.queueId < 0;
    for (let step = 0; step < (isAny ? queueCount : 1) && leftCount > 0; step++) {
      const queue = this.queues[isAny ? (this.turn + step) % queueCount : request.queueId];
      if (queue === undefined) break;
      const spans = queue.take(leftCount, this.endOffset(queue));
      if (spans.length === 0) continue;
      for (const { from, to } of spans) leftCount -= to - from;
      taken.push({ queue, spans });
    }
    if (isAny && taken.length > 0) this.turn = (this.turn + 1) % queueCount;
    return taken;
  }

  /** Serves the receives that wait, longest first, for as long as there is something to take. */
  wakeParked(): void {
    for (const [attemptId, receive] of this.parked) {
      const taken = this.take(receive.request);
      if (taken.length > 0) {
        this.parked.delete(attemptId);
        receive.wake(taken);
      } else if (receive.request.queueId < 0) {
        return; // No queue has anything: nobody behind can have more.
      }
    }
  }

  endOffset(queue: QueueDelivery): number {
    return this.store.queueRange(this.state.topic, queue.queueId).endOffset;
  }
}
