import type { ChannelStatus } from './rpc-channel.js';

/** The status of a channel and who wants to hear of its changes. */
export class StatusBoard {
  private current: ChannelStatus = 'idle';
  private readonly listeners = new Set<(status: ChannelStatus) => void>();

  get status(): ChannelStatus {
    return this.current;
  }

  /** Tells the listeners, unless nothing changes. */
  set(status: ChannelStatus): void {
    if (this.current === status) return;
    this.current = status;
    for (const listener of [...this.listeners]) listener(status);
  }

  /** Returns a function that forgets the listener. */
  listen(listener: (status: ChannelStatus) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
