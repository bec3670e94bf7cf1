/** gRPC's canonical codes, by name. The number on the wire is the index in this list. Source: grpc/doc/statuscodes.md. */
export const RPC_CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** Why a call failed. */
export type RpcCode = (typeof RPC_CODES)[number];

/** What is known about a failed call besides its code. */
export interface RpcErrorFacts {
  /** True if the same call may succeed when repeated. */
  readonly retryable?: boolean;
  /** False = the handler was certainly not entered; true = it certainly was; undefined = nobody knows (the connection broke). */
  readonly executed?: boolean | undefined;
  /** The server asks to wait this many ms before the next attempt. */
  readonly retryAfterMs?: number | undefined;
  /** Name of the error class at the other side, for example `OutOfStock`. */
  readonly remoteName?: string | undefined;
  /** Anything serialisable that the thrower attached. */
  readonly details?: unknown;
  /** True if `details` *is* the error: the caller's side hands out that value and not this object (what a Nest filter made). */
  readonly isValue?: boolean;
  readonly cause?: unknown;
}

/** The one error class of calls. Made at the two borders (transport in, handler out) and nowhere else. */
export class RpcError extends Error {
  override readonly name: string = 'RpcError';
  readonly retryable: boolean;
  readonly executed: boolean | undefined;
  readonly retryAfterMs: number | undefined;
  readonly remoteName: string | undefined;
  readonly details: unknown;
  readonly isValue: boolean;
  constructor(
    readonly code: RpcCode,
    message: string,
    facts: RpcErrorFacts = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.retryable = facts.retryable === true;
    this.executed = facts.executed;
    this.retryAfterMs = facts.retryAfterMs;
    this.remoteName = facts.remoteName;
    this.details = facts.details;
    this.isValue = facts.isValue === true;
  }
}
