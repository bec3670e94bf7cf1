import type { Clock, Timer } from '#platform';

/** How often connections are looked at, in ms: what their time limits are late by. */
const SWEEP_MS = 250;

/** Something to look at now and then. */
export interface Swept {
  sweep(nowMs: number): void;
}

/** One timer for the heartbeats and time limits of all connections of a listener or channel; none while there are none. */
export class ConnectionSweep {
  private readonly members = new Set<Swept>();
  private timer: Timer | undefined = undefined;

  constructor(private readonly clock: Pick<Clock, 'monotonicMs' | 'schedule'>) {}

  add(member: Swept): void {
    this.members.add(member);
    if (this.timer === undefined) this.arm();
  }

  remove(member: Swept): void {
    this.members.delete(member);
    if (this.members.size > 0) return;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private arm(): void {
    this.timer = this.clock.schedule(SWEEP_MS, this.run);
    this.timer.unref();
  }

  private readonly run = (): void => {
    this.timer = undefined;
    const nowMs = this.clock.monotonicMs();
    for (const member of this.members) member.sweep(nowMs);
    if (this.members.size > 0 && this.timer === undefined) this.arm();
  };
}
