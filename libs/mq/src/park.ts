import type { ReceiveRequest } from '#mq-protocol';
import type { BrokerCore } from './broker-core.js';
import type { Due } from './deadlines.js';
import type { GroupDelivery, ParkedReceive, Taken } from './group-delivery.js';

/** Waits until something was taken for `request`, `dueMs` passed, or `signal` fired: then empty. The caller owns what it gets. One wait per attempt id at a time. */
export function park(
  core: BrokerCore,
  delivery: GroupDelivery,
  request: ReceiveRequest,
  dueMs: number,
  signal: AbortSignal,
): Promise<readonly Taken[]> {
  return new Promise((resolve) => {
    const parked: ParkedReceive & Due = {
      request,
      dueMs,
      heapIndex: -1,
      wake: (taken) => {
        signal.removeEventListener('abort', parked.expire);
        core.deadlines.remove(parked);
        core.parkedCount -= 1;
        resolve(taken);
      },
      expire: () => {
        if (delivery.parked.get(request.attemptId) !== parked) return;
        delivery.parked.delete(request.attemptId);
        parked.wake([]);
      },
    };
    core.parkedCount += 1;
    delivery.parked.set(request.attemptId, parked);
    core.deadlines.set(parked, dueMs);
    signal.addEventListener('abort', parked.expire, { once: true });
  });
}

/** Answers the receive of this attempt with nothing if it is parked. */
export function endWait(delivery: GroupDelivery, attemptId: string): void {
  const waiting = delivery.parked.get(attemptId);
  delivery.parked.delete(attemptId);
  waiting?.wake([]);
}

/** Answers every parked receive with nothing. */
export function wakeAllParked(core: BrokerCore): void {
  for (const delivery of core.deliveries.values()) {
    for (const [attemptId, receive] of delivery.parked) {
      delivery.parked.delete(attemptId);
      receive.wake([]);
    }
  }
}
