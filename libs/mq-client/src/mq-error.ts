import type { RefusalCode } from '#mq-protocol';
import { MqProtocolError } from '#mq-protocol';
import type { RpcCode } from '#rpc';
import { RpcError } from '#rpc';

/**
 * Why an operation on the queue failed. Closed list; see docs/ERRORS.md. The broker's refusals keep their code; the others are made by the client:
 * `backlog-full`: too much waits to be sent. `closed`: the producer or consumer was closed. `unavailable`: no broker could be reached, or the
 * connection broke. `timed-out`: no answer in time. `access-denied`: the broker knows us and says no. `bad-message`: the message cannot be sent
 * as it is. `bad-reply`: the answer could not be understood. `broker-error`: the broker failed at it. `unsupported`: an option of a later version.
 */
export type MqErrorCode =
  | RefusalCode
  | 'backlog-full'
  | 'closed'
  | 'unavailable'
  | 'timed-out'
  | 'access-denied'
  | 'bad-message'
  | 'bad-reply'
  | 'broker-error'
  | 'unsupported';

/** `failed`: it certainly did not happen. `unknown`: it may have happened, for example because the connection broke before the answer. */
export type MqOutcome = 'failed' | 'unknown';

/** What is known about a failure besides its code. */
export interface MqErrorFacts {
  readonly outcome?: MqOutcome;
  /** True if the same operation may succeed later. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The one error class of queue operations. `outcome` says whether a send may have been stored all the same. */
export class MqError extends Error {
  override readonly name = 'MqError';
  readonly outcome: MqOutcome;
  readonly retryable: boolean;
  constructor(
    readonly code: MqErrorCode,
    detail: string,
    facts: MqErrorFacts = {},
  ) {
    super(`[${code}] ${detail}`, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.outcome = facts.outcome ?? 'failed';
    this.retryable = facts.retryable === true;
  }

  /** Turns what a call rejected with into an MqError. A call that may have been executed has an unknown outcome. */
  static from(error: unknown, operation: string): MqError {
    if (error instanceof MqError) return error;
    if (error instanceof RpcError) return fromRpcError(error, operation);
    const detail = `${operation}: ${error instanceof Error ? error.message : String(error)}`;
    if (error instanceof MqProtocolError) return new MqError('bad-reply', detail, { outcome: 'unknown', cause: error });
    return new MqError('broker-error', detail, { outcome: 'unknown', cause: error });
  }
}

const CODE_OF_RPC: Partial<Record<RpcCode, MqErrorCode>> = {
  UNAVAILABLE: 'unavailable',
  ABORTED: 'unavailable',
  CANCELLED: 'closed',
  DEADLINE_EXCEEDED: 'timed-out',
  UNAUTHENTICATED: 'access-denied',
  PERMISSION_DENIED: 'access-denied',
  RESOURCE_EXHAUSTED: 'overloaded',
  INVALID_ARGUMENT: 'bad-request',
};

/** With these codes the broker says that it refused before it did anything, even if its handler was entered. */
const CERTAIN: readonly RpcCode[] = ['UNAUTHENTICATED', 'PERMISSION_DENIED', 'INVALID_ARGUMENT', 'UNIMPLEMENTED'];

function fromRpcError(error: RpcError, operation: string): MqError {
  const isCertain = error.executed === false || CERTAIN.includes(error.code);
  const isPassing = error.retryable || error.code === 'UNAVAILABLE' || error.code === 'RESOURCE_EXHAUSTED';
  return new MqError(CODE_OF_RPC[error.code] ?? 'broker-error', `${operation}: ${error.message}`, {
    outcome: isCertain ? 'failed' : 'unknown',
    retryable: isPassing && !CERTAIN.includes(error.code),
    cause: error,
  });
}
