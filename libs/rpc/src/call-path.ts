import type { Clock } from '#platform';
import type { DeadlineWheel } from '#resilience';
import type { ClientConnection } from './client-connection.js';
import type { CallOwner, OutboundCall } from './outbound-call.js';
import { RpcError } from './rpc-error.js';

/** Attempts of one call in all; only those that may safely be repeated are followed by another. */
const ATTEMPT_COUNT_MAX = 3;

/** Where connections come from: one address, or the instances of a service. */
export interface ConnectionSource {
  /** A connection that takes a call now; `avoid` only if there is no other. */
  pick(avoid: string | undefined): ClientConnection | undefined;
  /** None was there: starts what is needed for one. `CallPath.resume` or `giveUp` follows in time. */
  wake(): void;
}

/**
 * The path of a call: deadline, then pick a connection, send, and on a failure that may be repeated once more elsewhere.
 * The deadline is fixed before the first attempt; waiting and retries share it.
 */
export class CallPath implements CallOwner {
  private waiting: OutboundCall[] = [];
  private isClosing = false;

  constructor(
    private readonly source: ConnectionSource,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    readonly deadlines: DeadlineWheel,
    private readonly waitingCountMax: number,
  ) {}

  /** Begins a call that must be over `timeoutMs` from now. */
  start(call: OutboundCall, timeoutMs: number): void {
    const nowMs = this.clock.monotonicMs();
    call.dueMs = nowMs + timeoutMs;
    this.deadlines.add(call);
    this.attempt(call, nowMs, undefined);
  }

  attemptFailed(call: OutboundCall, error: RpcError): void {
    if (this.isClosing || call.attemptCount >= ATTEMPT_COUNT_MAX || !isRepeatable(call, error)) call.error(error);
    else this.attempt(call, this.clock.monotonicMs(), call.lastRemote);
  }

  /** A connection is ready: what waits is sent. */
  resume(): void {
    const calls = this.waiting;
    this.waiting = [];
    const nowMs = this.clock.monotonicMs();
    for (const call of calls) if (!call.isDone) this.attempt(call, nowMs, undefined);
  }

  /** No connection can be had: what waits fails. */
  giveUp(error: RpcError): void {
    const calls = this.waiting;
    this.waiting = [];
    for (const call of calls) call.error(error);
  }

  /** Ends everything: `cut` ends the connections, and what ran on them is not tried again, for that would open new ones; then what waits fails. */
  close(cut: () => void, error: RpcError): void {
    this.isClosing = true;
    cut();
    this.isClosing = false;
    this.giveUp(error);
  }

  private attempt(call: OutboundCall, nowMs: number, avoid: string | undefined): void {
    const connection = this.source.pick(avoid);
    if (connection === undefined) {
      this.wait(call);
      return;
    }
    call.attemptCount++;
    call.lastRemote = connection.remote;
    connection.send(call, nowMs);
  }

  private wait(call: OutboundCall): void {
    if (this.waiting.length >= this.waitingCountMax) {
      // Those that ended while they waited make room.
      this.waiting = this.waiting.filter((each) => !each.isDone);
    }
    if (this.waiting.length >= this.waitingCountMax) {
      const message = `${call.request.route}: ${this.waiting.length} calls wait for a connection already`;
      call.error(new RpcError('RESOURCE_EXHAUSTED', message, { executed: false, retryable: true }));
      return;
    }
    this.waiting.push(call);
    this.source.wake();
  }
}

/** No handler saw it, or nobody knows (the connection broke) and a second time does no harm. What a handler answered is final. */
function isRepeatable({ request, hasAnswered }: OutboundCall, { code, executed }: RpcError): boolean {
  if (code !== 'UNAVAILABLE') return false;
  return executed === false || (executed === undefined && request.isIdempotent && !hasAnswered);
}
