import { InvariantError } from '#platform';
import { type Codec, codecFor, FrameFlag, FrameType, HEADER_BYTES, ProtocolError } from '#protocol';
import { Timed } from '#resilience';
import { type AnswerSink, AnswerStream } from './answer.js';
import { encodeThrown } from './error-on-the-wire.js';
import type { InboundCall, Metadata, Peer } from './inbound-call.js';
import { RpcError } from './rpc-error.js';
import type { StreamWindow } from './stream-window.js';

/** What a call needs of the connection it came on. */
export interface AnswerPort {
  readonly peer: Peer;
  nowMs(): number;
  /** Writes one answer frame. */
  send(typeAndFlags: number, id: number, body: Uint8Array): void;
  /** False if a body of this size cannot be sent now or ever; says why. */
  objection(bodyBytes: number): string | undefined;
  /** The handler did not answer at once: the call can now be cancelled and is waited for. */
  keep(call: ServedCall): void;
  /** The call has ended. */
  forget(call: ServedCall): void;
  openWindow(): StreamWindow;
  /** A failure that no caller hears of: of an event's handler, or of a stream while it was stopped. */
  failedUnheard(call: ServedCall, error: unknown): void;
}

/** What a REQUEST or ONEWAY said. */
export interface CallFacts {
  readonly id: number;
  readonly route: string;
  readonly payload: unknown;
  /** What the payload came as. */
  readonly payloadBytes: number;
  readonly metadata: Metadata;
  readonly isOneway: boolean;
  /** Codec of the answers. */
  readonly codec: Codec;
}

const EMPTY = new Uint8Array(0);

/** One call at the server, from its frame to its one end: what the handler sees, and where its answers go. */
export class ServedCall extends Timed implements InboundCall, AnswerSink {
  isDone = false;
  private controller: AbortController | undefined = undefined;
  private abortReason: RpcError | undefined = undefined;
  private stopSource: (() => void) | undefined = undefined;
  private window: StreamWindow | undefined = undefined;
  /** The source has ended; what waits for credit is still to be sent. */
  private isEnding = false;

  constructor(
    readonly facts: CallFacts,
    private readonly port: AnswerPort,
  ) {
    super();
  }

  get route(): string {
    return this.facts.route;
  }

  get payload(): unknown {
    return this.facts.payload;
  }

  get metadata(): Metadata {
    return this.facts.metadata;
  }

  get isOneway(): boolean {
    return this.facts.isOneway;
  }

  get peer(): Peer {
    return this.port.peer;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.abortReason !== undefined && !this.controller.signal.aborted) this.controller.abort(this.abortReason);
    return this.controller.signal;
  }

  remainingMs(): number {
    return this.dueMs === Number.POSITIVE_INFINITY ? this.dueMs : Math.max(0, this.dueMs - this.port.nowMs());
  }

  /** Takes what the handler returned. */
  answer(answer: unknown): void {
    if (isPromise(answer)) {
      this.port.keep(this);
      answer.then(
        (value) => this.settled(value),
        (error) => this.rejected(error),
      );
    } else if (answer instanceof AnswerStream) this.follow(answer);
    else this.value(answer, true);
  }

  value(value: unknown, isLast: boolean): void {
    if (this.isDone || this.isEnding) return;
    if (this.facts.isOneway) {
      if (isLast) this.finish();
      return;
    }
    let codec: Codec;
    let body: Uint8Array;
    try {
      codec = codecFor(value, this.facts.codec);
      body = value === undefined && isLast ? EMPTY : codec.encode(value);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.fail(
        new RpcError('INTERNAL', `${this.route}: the answer cannot be sent: ${error.message}`, { executed: true }),
      );
      return;
    }
    const objection = this.port.objection(body.length);
    if (objection !== undefined)
      this.fail(new RpcError('RESOURCE_EXHAUSTED', `${this.route}: ${objection}`, { executed: true }));
    else this.sendValue(value, isLast, codec.id, body);
  }

  complete(): void {
    if (this.isDone || this.isEnding) return;
    if (this.window === undefined) this.send((FrameType.response << 8) | FrameFlag.empty, EMPTY);
    else this.sendInOrder({ typeAndFlags: FrameType.streamEnd << 8, body: EMPTY, usesCredit: false }, true);
  }

  error(error: unknown): void {
    if (error instanceof InvariantError) throw error;
    this.fail(error, true);
  }

  /** Ends the call without its handler having been entered. */
  refuse(error: RpcError): void {
    this.fail(error, false);
  }

  /** The client's credit for the stream of answers. */
  grant(countDelta: number, bytesDelta: number): void {
    this.window?.grant(countDelta, bytesDelta);
    this.pump();
  }

  override expire(): void {
    const error = new RpcError('DEADLINE_EXCEEDED', `${this.route}: the handler did not answer in time`, {
      executed: true,
    });
    this.abort(error, true);
  }

  /** Ends the call from outside: the handler's signal aborts, its stream stops. `tellCaller`: if anybody is there to hear. */
  abort(error: RpcError, tellCaller: boolean): void {
    if (this.isDone) return;
    this.abortReason = error;
    if (this.isEnding) {
      // The caller gives no credit for what is left: it hears of this end instead of the other one.
      this.isEnding = false;
      this.window?.clear();
    }
    if (tellCaller) this.fail(error);
    else {
      this.stop();
      this.finish();
    }
    this.controller?.abort(error);
  }

  private follow(stream: AnswerStream): void {
    this.port.keep(this);
    let stop: () => void;
    try {
      stop = stream.start(this);
    } catch (error) {
      this.error(error);
      return;
    }
    if (this.isDone) {
      // It was ended while it started; a source that ended itself takes this in its stride.
      this.stopSource = stop;
      this.stop();
    } else if (!this.isEnding) this.stopSource = stop;
  }

  private sendValue(value: unknown, isLast: boolean, codecId: number, body: Uint8Array): void {
    if (isLast && this.window === undefined) {
      this.send((FrameType.response << 8) | codecId | (value === undefined ? FrameFlag.empty : 0), body);
      return;
    }
    this.window ??= this.port.openWindow();
    if (isLast && value === undefined) this.complete();
    else {
      const type = isLast ? FrameType.response : FrameType.streamData;
      this.sendInOrder({ typeAndFlags: (type << 8) | codecId, body, usesCredit: !isLast }, isLast);
    }
  }

  private sendInOrder(frame: { typeAndFlags: number; body: Uint8Array; usesCredit: boolean }, isEnd: boolean): void {
    if (this.window?.add(frame) === false) {
      const message = `${this.route}: the stream is further ahead of its reader than the buffer allows`;
      this.window.clear();
      this.fail(new RpcError('RESOURCE_EXHAUSTED', message, { executed: true }));
      return;
    }
    if (isEnd) this.isEnding = true;
    this.pump();
  }

  private pump(): void {
    const { window } = this;
    if (window === undefined || this.isDone) return;
    for (let frame = window.next(); frame !== undefined; frame = window.next()) {
      this.port.send(frame.typeAndFlags, this.facts.id, frame.body);
    }
    if (this.isEnding && window.isEmpty) this.finish();
  }

  private send(typeAndFlags: number, body: Uint8Array): void {
    if (!this.facts.isOneway) this.port.send(typeAndFlags, this.facts.id, body);
    this.finish();
  }

  private fail(error: unknown, wasExecuted = true): void {
    if (this.isDone || this.isEnding) return;
    this.stop();
    if (this.facts.isOneway) {
      this.port.failedUnheard(this, error);
      this.finish();
      return;
    }
    const frame = encodeThrown(this.facts.id, error, wasExecuted, this.facts.codec);
    const typeAndFlags = frame.readUInt16BE(4);
    const body = frame.subarray(HEADER_BYTES);
    if (this.window === undefined) this.send(typeAndFlags, body);
    else this.sendInOrder({ typeAndFlags, body, usesCredit: false }, true);
  }

  private stop(): void {
    const stop = this.stopSource;
    this.stopSource = undefined;
    try {
      stop?.();
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      // Code of the handler, called because its caller went away: whatever it throws must not end the process.
      this.port.failedUnheard(this, error);
    }
  }

  private finish(): void {
    if (this.isDone) return;
    this.isDone = true;
    this.stopSource = undefined;
    this.port.forget(this);
  }

  private settled(value: unknown): void {
    if (this.isDone) return;
    if (value instanceof AnswerStream) this.follow(value);
    else this.value(value, true);
  }

  private rejected(error: unknown): void {
    // Thrown outside of the promise chain, so that it ends the process and is not just a lost rejection.
    if (error instanceof InvariantError) {
      queueMicrotask(() => {
        throw error;
      });
    } else this.fail(error);
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
