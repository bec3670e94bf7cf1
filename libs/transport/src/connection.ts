import type { Clock, Socket, SocketError, SocketEvents } from '#platform';
import { encodeErrorFrame, type FrameReader, FrameType, HEADER_BYTES, ProtocolError, writeHeader } from '#protocol';
import type { ConnectionSweep, Swept } from './connection-sweep.js';
import { Inbox, type InboxEvents } from './inbox.js';
import { judgeLiveness } from './liveness.js';
import { Outbox } from './outbox.js';
import type { TransportOptions } from './transport.options.js';
import { TransportError } from './transport-error.js';

/** Pending bytes that are sent at once: waiting for the whole tick would make both ends take turns. */
const FLUSH_BYTES = 2 * 1024;
/** gRPC's numbers, as the wire carries them. */
const INVALID_ARGUMENT = 3;

/** What a connection needs of its surroundings. */
export interface ConnectionWorld {
  readonly clock: Clock;
  readonly options: TransportOptions;
  readonly sweep: ConnectionSweep;
}

/** Who gets the frames of a connection. Called one at a time. */
export interface FrameReceiver {
  /** One whole frame; PING and PONG never come here. A ProtocolError thrown here ends the connection. */
  frame(reader: FrameReader): void;
  /** The connection is gone; called once. */
  closed(error: TransportError): void;
}

type Phase = 'greeting' | 'open' | 'ending' | 'closed';

/**
 * Frames over one socket. Bytes become frames for the receiver; frames written into `outbox` become few large writes; silent, stalled
 * and half-sent peers are found. It begins in the greeting, where only a HELLO-sized frame is taken; `open` ends that.
 * Reading is never paused because writing is backed up; only for one turn of the event loop after many frames.
 */
export class Connection implements SocketEvents, InboxEvents, Swept {
  readonly outbox = new Outbox();
  private phase: Phase = 'greeting';
  private readonly inbox: Inbox;
  private readonly progress: Progress;
  private failure: TransportError | undefined = undefined;
  private flushIsDue = false;

  constructor(
    private readonly socket: Socket,
    private receiver: FrameReceiver,
    private readonly world: ConnectionWorld,
  ) {
    this.progress = new Progress(world.clock.monotonicMs());
    this.inbox = new Inbox(socket, world.clock, this);
    world.sweep.add(this);
    socket.start(this);
  }

  get remote(): string {
    return this.socket.remote;
  }

  /** Monotonic ms at which bytes last arrived: those of the current frame, while one is handled. */
  get arrivedMs(): number {
    return this.progress.lastByteMs;
  }

  get isOpen(): boolean {
    return this.phase === 'open';
  }

  /** True if so much waits for the peer that nothing more should be added. */
  get isFull(): boolean {
    return this.socket.bufferedBytes + this.outbox.pendingBytes >= this.world.options.outboundBytesMax;
  }

  /** Ends the greeting: from now on `receiver` gets frames of full size. */
  open(receiver: FrameReceiver): void {
    if (this.phase !== 'greeting') return;
    this.phase = 'open';
    this.receiver = receiver;
    this.inbox.raiseLimit(this.world.options.frameBytesMax);
  }

  /** To be called after writing to the outbox: sends at once if much is pending, else when the callbacks of this moment are through. */
  written(): void {
    if (this.outbox.pendingBytes >= FLUSH_BYTES) this.flush();
    else if (!this.flushIsDue) {
      this.flushIsDue = true;
      queueMicrotask(this.flushLater);
    }
  }

  /** Sends what is pending, then closes. Frames that still arrive are dropped. */
  end(): void {
    if (this.phase === 'closed' || this.phase === 'ending') return;
    this.flush();
    this.phase = 'ending';
    this.socket.end();
  }

  /** Closes now; the receiver hears `error`. */
  fail(error: TransportError): void {
    if (this.phase === 'closed') return;
    this.failure ??= error;
    this.phase = 'ending';
    this.socket.destroy();
  }

  /** Tells the peer why, then closes; the receiver hears the same. */
  refuse(error: Error, code: number): void {
    if (this.phase === 'closed' || this.phase === 'ending') return;
    const cause = error instanceof ProtocolError ? 'bad-frame' : 'refused-greeting';
    this.failure ??= new TransportError(cause, `${this.remote}: ${error.message}`, { cause: error });
    this.outbox.append(encodeErrorFrame(0, { ...refusal, code, message: error.message }, 0));
    this.end();
  }

  data(chunk: Buffer): void {
    this.progress.heard(this.world.clock.monotonicMs());
    this.inbox.add(chunk);
    if (this.inbox.isMidFrame && this.progress.halfFrameMs === -1) this.progress.halfFrameMs = this.progress.lastByteMs;
  }

  frame(reader: FrameReader): void {
    this.progress.halfFrameMs = -1;
    if (this.phase === 'ending' || this.phase === 'closed') return;
    if (reader.type === FrameType.ping) this.writeBare(FrameType.pong);
    else if (reader.type !== FrameType.pong) this.receiver.frame(reader);
  }

  broken(error: ProtocolError): void {
    this.refuse(this.phase === 'greeting' ? this.inbox.asStranger(error) : error, INVALID_ARGUMENT);
  }

  drain(): void {}

  closed(error?: SocketError): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.world.sweep.remove(this);
    const reason = error === undefined ? 'the peer closed the connection' : error.message;
    this.receiver.closed(
      this.failure ??
        new TransportError('lost', `${this.remote}: ${reason}`, error === undefined ? {} : { cause: error }),
    );
  }

  sweep(nowMs: number): void {
    const { options } = this.world;
    if (this.phase === 'greeting' && nowMs - this.progress.startedMs >= options.greetingTimeoutMs) {
      this.fail(
        new TransportError('greeting-timed-out', `${this.remote}: no greeting in ${options.greetingTimeoutMs} ms`),
      );
      return;
    }
    if (this.phase === 'ending' || this.phase === 'closed') return;
    this.progress.look(nowMs, this.socket.bufferedBytes);
    const verdict = judgeLiveness(this.progress, nowMs, options);
    if (verdict === 'ping') this.ping(nowMs);
    else if (verdict !== 'fine') this.fail(new TransportError(verdict, `${this.remote}: ${complaints[verdict]}`));
  }

  private ping(nowMs: number): void {
    if (this.phase !== 'open') return;
    this.progress.pingedMs = nowMs;
    this.writeBare(FrameType.ping);
  }

  private writeBare(type: number): void {
    const at = this.outbox.reserve(HEADER_BYTES);
    this.outbox.commit(writeHeader(this.outbox.slab, at, 0, type << 8, 0));
    this.written();
  }

  private readonly flushLater = (): void => {
    this.flushIsDue = false;
    this.flush();
  };

  private flush(): void {
    if (this.outbox.pendingBytes === 0) return;
    const bytes = this.outbox.pendingBytes;
    const chunks = this.outbox.take();
    if (this.phase === 'ending' || this.phase === 'closed') return;
    this.progress.writtenBytes += bytes;
    if (this.socket.write(chunks)) return;
    if (this.socket.bufferedBytes > 2 * this.world.options.outboundBytesMax) {
      this.fail(new TransportError('slow-reader', `${this.remote}: ${this.socket.bufferedBytes} bytes wait for it`));
    }
  }
}

const refusal = {
  executed: false,
  retryable: false,
  retryAfterMs: undefined,
  isValue: false,
  remoteName: '',
  details: undefined,
} as const;

const complaints = {
  'peer-silent': 'nothing was heard from it, not even after a ping',
  'half-frame': 'it began a frame and did not end it in time',
  'slow-reader': 'it takes nothing of what waits for it',
} as const;

/** What one connection has done lately. */
class Progress {
  lastByteMs: number;
  pingedMs = -1;
  halfFrameMs = -1;
  stalledMs = -1;
  writtenBytes = 0;
  private takenBytes = 0;

  constructor(readonly startedMs: number) {
    this.lastByteMs = startedMs;
  }

  heard(nowMs: number): void {
    this.lastByteMs = nowMs;
    this.pingedMs = -1;
  }

  look(nowMs: number, bufferedBytes: number): void {
    const takenBytes = this.writtenBytes - bufferedBytes;
    if (bufferedBytes === 0 || takenBytes > this.takenBytes) this.stalledMs = -1;
    else if (this.stalledMs === -1) this.stalledMs = nowMs;
    this.takenBytes = takenBytes;
  }
}
