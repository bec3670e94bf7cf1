import type { Lane, SetBatch } from './set-batch.js';

/** Sets that wait for a request, oldest first. Bounded by the producer's pending bytes. */
export class ReadySets {
  private batches: SetBatch[] = [];
  /** Bytes of all of them. Sets grow while they wait, so the producer counts their messages in. */
  sizeBytes = 0;

  get isEmpty(): boolean {
    return this.batches.length === 0;
  }

  push(batch: SetBatch): void {
    this.batches.push(batch);
  }

  /** Puts a set that has to go again before all others. */
  pushFirst(batch: SetBatch): void {
    this.batches.unshift(batch);
    this.sizeBytes += batch.sizeBytes;
  }

  /** Gives every set of the lane `from` another one; their places in the line stay. */
  move(from: Lane, laneOf: (batch: SetBatch) => Lane): void {
    for (const batch of this.batches) if (batch.lane === from) batch.lane = laneOf(batch);
  }

  /**
   * Takes the sets of the next request: in order, up to `bytesMax` (at least one), without those whose lane waits for an ordered set, and
   * only sets whose deadlines lie within `spreadMs`, so that one call with one timeout serves them all. Taken sets are closed.
   */
  take(bytesMax: number, spreadMs: number): SetBatch[] {
    const taken: SetBatch[] = [];
    const left: SetBatch[] = [];
    let takenBytes = 0;
    let isFull = false;
    for (const batch of this.batches) {
      const first = taken[0] ?? batch;
      const fits = taken.length === 0 || takenBytes + batch.sizeBytes <= bytesMax;
      // Nothing behind a set that does not fit is looked at: it could be of the same lane and overtake it.
      if (!fits || Math.abs(batch.deadlineMs - first.deadlineMs) > spreadMs) isFull = true;
      if (isFull || batch.lane.isOrderedInFlight) {
        left.push(batch);
        continue;
      }
      takenBytes += batch.sizeBytes;
      close(batch);
      taken.push(batch);
    }
    this.batches = left;
    this.sizeBytes -= takenBytes;
    return taken;
  }

  /** Takes everything, for a producer that closes. */
  takeAll(): SetBatch[] {
    const all = this.batches;
    for (const batch of all) close(batch);
    this.batches = [];
    this.sizeBytes = 0;
    return all;
  }
}

function close(batch: SetBatch): void {
  if (batch.lane.open === batch) batch.lane.open = undefined;
  if (batch.isOrdered) batch.lane.isOrderedInFlight = true;
}
