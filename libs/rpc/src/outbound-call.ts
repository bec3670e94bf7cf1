import type { Codec } from '#protocol';
import { type DeadlineWheel, Timed } from '#resilience';
import type { AnswerSink } from './answer.js';
import type { Metadata } from './inbound-call.js';
import { RpcError } from './rpc-error.js';

/** What the caller asked for. */
export interface CallRequest {
  readonly route: string;
  readonly payload: unknown;
  readonly codec: Codec;
  readonly metadata: Metadata | undefined;
  readonly isOneway: boolean;
  readonly isIdempotent: boolean;
}

/** What carries an attempt: a connection. */
export interface AttemptCarrier {
  readonly remote: string;
  /** Forgets the call and tells the server. */
  cancel(call: OutboundCall): void;
}

/** Who decides what follows a failed attempt. */
export interface CallOwner {
  readonly deadlines: DeadlineWheel;
  attemptFailed(call: OutboundCall, error: RpcError): void;
}

/** One call of this process, from its start to its one end, over all its attempts. */
export class OutboundCall extends Timed {
  /** The connection that carries the running attempt, and its id there. */
  connection: AttemptCarrier | undefined = undefined;
  id = 0;
  attemptCount = 0;
  /** The server of the last attempt. */
  lastRemote: string | undefined = undefined;
  private phase: 'waiting' | 'answering' | 'done' = 'waiting';
  /** Streams only: what was received since the last WINDOW was sent. */
  credit: { usedCount: number; usedBytes: number } | undefined = undefined;
  private unlisten: (() => void) | undefined = undefined;

  constructor(
    readonly request: CallRequest,
    private readonly sink: AnswerSink,
    private readonly owner: CallOwner,
  ) {
    super();
  }

  get isDone(): boolean {
    return this.phase === 'done';
  }

  /** A value reached the caller: starting again would repeat it. */
  get hasAnswered(): boolean {
    return this.phase !== 'waiting';
  }

  /** Cancels the call when `signal` aborts. */
  follow(signal: AbortSignal): void {
    const aborted = () =>
      this.stop(new RpcError('CANCELLED', `${this.request.route}: aborted by the caller`, { cause: signal.reason }));
    signal.addEventListener('abort', aborted, { once: true });
    this.unlisten = () => signal.removeEventListener('abort', aborted);
  }

  value(value: unknown, isLast: boolean): void {
    if (this.isDone) return;
    if (isLast) this.finish();
    else this.phase = 'answering';
    this.sink.value(value, isLast);
  }

  complete(): void {
    if (this.isDone) return;
    this.finish();
    this.sink.complete();
  }

  /** The attempt failed: the path decides whether there is another. */
  attemptFailed(error: RpcError): void {
    if (this.isDone) return;
    this.connection = undefined;
    this.owner.attemptFailed(this, error);
  }

  /** The call has failed for good. */
  error(error: RpcError): void {
    if (this.isDone) return;
    this.finish();
    this.sink.error(error);
  }

  override expire(): void {
    const where =
      this.connection === undefined ? 'before a connection was ready' : `waiting for ${this.connection.remote}`;
    const executed = this.attemptCount === 0 ? false : undefined;
    this.stop(new RpcError('DEADLINE_EXCEEDED', `${this.request.route}: out of time ${where}`, { executed }));
  }

  /** Ends the call from this side: the server is told if it runs. */
  stop(error: RpcError | undefined): void {
    if (this.isDone) return;
    this.connection?.cancel(this);
    this.finish();
    if (error !== undefined) this.sink.error(error);
  }

  private finish(): void {
    this.phase = 'done';
    this.connection = undefined;
    this.owner.deadlines.remove(this);
    this.unlisten?.();
  }
}
