import { fillBrokerPart, viewMessageSet } from '#message-set';
import type { LeasedRun } from '#mq-protocol';

/** What one group knows of one message of a queue. */
interface Progress {
  failureCount: number;
  isAcked: boolean;
  receipt: string;
  /** Invisible until then, by the fake's clock. */
  untilMs: number;
}

/** One queue of the fake broker: stored sets, and every group's progress on them. */
export class FakeQueue {
  private readonly sets: { readonly bytes: Buffer; readonly baseOffset: number; readonly storedAtMs: number }[] = [];
  private readonly groups = new Map<string, Map<number, Progress>>();
  endOffset = 0;

  constructor(readonly queueId: number) {}

  append(set: Buffer, storedAtMs: number): number {
    const bytes = Buffer.from(set);
    const baseOffset = this.endOffset;
    fillBrokerPart(bytes, 0, baseOffset, storedAtMs);
    this.sets.push({ bytes, baseOffset, storedAtMs });
    this.endOffset += viewMessageSet(bytes).messageCount;
    return baseOffset;
  }

  /** Leases up to `countMax` visible messages, or undefined if there are none. */
  lease(group: string, countMax: number, nowMs: number, untilMs: number, receipt: string): LeasedRun | undefined {
    const offsets: number[] = [];
    const attempts: number[] = [];
    for (let offset = 0; offset < this.endOffset && offsets.length < countMax; offset++) {
      const progress = this.progress(group, offset);
      if (progress.isAcked || progress.untilMs > nowMs) continue;
      // A lease that ran out is a failed attempt, as in the real broker.
      if (progress.receipt !== '') progress.failureCount += 1;
      Object.assign(progress, { receipt, untilMs });
      offsets.push(offset);
      attempts.push(progress.failureCount + 1);
    }
    if (offsets.length === 0) return undefined;
    const first = offsets[0] ?? 0;
    const last = offsets.at(-1) ?? 0;
    const covering = this.sets.filter((set, index) => {
      const endOffset = this.sets[index + 1]?.baseOffset ?? this.endOffset;
      return set.baseOffset <= last && endOffset > first;
    });
    return {
      queueId: this.queueId,
      receipt,
      offsets,
      attempts,
      sets: covering.map((set) => set.bytes),
      storedAtMs: covering.map((set) => set.storedAtMs),
    };
  }

  /** Applies `change` to the named messages if the receipt holds all of them. */
  settle(group: string, receipt: string, offsets: readonly number[], change: (progress: Progress) => void): boolean {
    const all = offsets.map((offset) => this.progress(group, offset));
    if (!all.every((each) => each.receipt === receipt && !each.isAcked)) return false;
    all.forEach(change);
    return true;
  }

  ackedOffsets(group: string): number[] {
    return [...(this.groups.get(group) ?? [])].filter(([, each]) => each.isAcked).map(([offset]) => offset);
  }

  /** Forgets every lease, as a restart does. */
  forgetLeases(): void {
    for (const group of this.groups.values()) {
      for (const each of group.values()) Object.assign(each, { receipt: '', untilMs: 0 });
    }
  }

  private progress(group: string, offset: number): Progress {
    let all = this.groups.get(group);
    if (all === undefined) {
      all = new Map();
      this.groups.set(group, all);
    }
    let progress = all.get(offset);
    if (progress === undefined) {
      progress = { failureCount: 0, isAcked: false, receipt: '', untilMs: 0 };
      all.set(offset, progress);
    }
    return progress;
  }
}
