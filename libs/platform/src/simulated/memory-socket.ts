import type { Clock, Timer } from '../clock.js';
import { invariant } from '../invariant.js';
import { SocketError } from '../socket-error.js';
import { type Socket, type SocketEvents } from '../sockets.js';
import type { MemoryPipe, PipeReceiver, PipeSender } from './memory-pipe.js';

/** How long `end` waits for the peer's own end, as the Node version does. */
const LINGER_MS = 10_000;

interface Flow {
  paused: boolean;
  peerEnded: boolean;
  ownEndSent: boolean;
  linger: Timer | undefined;
}

/** One end of a connection of a MemoryNetwork. */
export class MemorySocket implements Socket {
  private events: SocketEvents | undefined;
  private unread: Buffer[] = [];
  private readonly flow: Flow = { paused: false, peerEnded: false, ownEndSent: false, linger: undefined };
  private phase: 'open' | 'closing' | 'closed' = 'open';
  private failure: SocketError | undefined;
  private pipes: { readonly out: MemoryPipe; readonly in: MemoryPipe } | undefined;

  /** What the pipes tell this socket. */
  readonly pipeEvents: PipeSender & PipeReceiver = {
    arrived: (chunk) => this.arrived(chunk),
    ended: () => {
      this.flow.peerEnded = true;
      this.deliver();
    },
    wasReset: () => this.wasReset(),
    drained: () => {
      if (this.phase !== 'closed') this.events?.drain();
    },
    endSent: () => {
      this.flow.ownEndSent = true;
      this.finish();
    },
  };

  constructor(
    private readonly clock: Clock,
    readonly remote: string,
    private readonly onClosed: () => void,
  ) {}

  /** Called once, before the socket is handed over: the direction out of this socket and the one into it. */
  attach(out: MemoryPipe, into: MemoryPipe): void {
    this.pipes = { out, in: into };
  }

  get isClosed(): boolean {
    return this.phase === 'closed';
  }

  get bufferedBytes(): number {
    return this.out.bufferedBytes;
  }

  start(events: SocketEvents): void {
    invariant(this.events === undefined, 'a socket is started once');
    this.events = events;
    // Bytes or the end may have come before; events are never called from inside `start`.
    if (this.phase === 'closed') this.clock.afterIo(() => events.closed(this.failure));
    else this.clock.afterIo(() => this.deliver());
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.phase !== 'open') return false;
    return this.out.write(chunks);
  }

  pause(): void {
    this.flow.paused = true;
  }

  resume(): void {
    this.flow.paused = false;
    this.clock.afterIo(() => this.deliver());
  }

  end(): void {
    if (this.phase !== 'open') return;
    this.phase = 'closing';
    this.out.end();
    this.resume();
    this.flow.linger = this.clock.schedule(LINGER_MS, () => this.destroy());
  }

  destroy(): void {
    if (this.phase === 'closed') return;
    // Bytes nobody will read make a system answer with a reset instead of an end.
    this.out.abandon(this.unread.length > 0 ? 'reset' : 'end');
    this.close(undefined);
  }

  /** The connection breaks under both ends; nobody can say anything more. */
  breakOff(error: SocketError): void {
    this.out.cut();
    this.close(error);
  }

  /** The process that owns the socket is no more: nobody is called again, and its system resets the connection. */
  vanish(): void {
    if (this.phase === 'closed') return;
    this.out.abandon('reset');
    this.phase = 'closed';
    this.flow.linger?.cancel();
    this.events = { data() {}, drain() {}, closed() {} };
    this.onClosed();
  }

  private arrived(chunk: Buffer): void {
    if (this.phase === 'closed') {
      this.out.abandon('reset');
      return;
    }
    this.unread.push(chunk);
    this.deliver();
  }

  private wasReset(): void {
    this.out.cut();
    this.close(new SocketError('reset', `connection to ${this.remote}: the peer reset it`));
  }

  private get out(): MemoryPipe {
    invariant(this.pipes !== undefined, 'the pipes are attached before the socket is used');
    return this.pipes.out;
  }

  private deliver(): void {
    while (this.events !== undefined && !this.flow.paused && this.phase !== 'closed') {
      const chunk = this.unread.shift();
      if (chunk === undefined) break;
      this.pipes?.in.consumed(chunk.length);
      this.events.data(chunk);
    }
    this.finish();
  }

  /** As with Node's default: when the peer has ended and everything is read, this side ends too. */
  private finish(): void {
    if (this.phase === 'closed' || !this.flow.peerEnded || this.unread.length > 0) return;
    if (this.flow.ownEndSent) {
      this.close(undefined);
      return;
    }
    this.phase = 'closing';
    this.out.end();
  }

  private close(failure: SocketError | undefined): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.failure = failure;
    this.flow.linger?.cancel();
    this.onClosed();
    const events = this.events;
    if (events !== undefined) this.clock.afterIo(() => events.closed(failure));
  }
}
