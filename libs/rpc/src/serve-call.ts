import { InvariantError } from '#platform';
import { type RpcCode, RpcError } from './rpc-error.js';
import type { RpcHandler } from './rpc-server.js';
import type { ServedCall } from './served-call.js';

/** What the server's half of a call looks at. */
export interface ServePath {
  readonly isDraining: boolean;
  readonly name: string;
  readonly inFlightCountMax: number;
  nowMs(): number;
}

/**
 * The server's half of a call. Every call gets exactly one end; work that is already late is refused, not done.
 * `inFlightCount`: calls of the same connection that run.
 */
export function serveCall(
  on: ServePath,
  call: ServedCall,
  handler: RpcHandler | undefined,
  inFlightCount: number,
): void {
  const refusal = refusalOf(on, call, handler, inFlightCount);
  if (refusal !== undefined) {
    call.refuse(refusal);
    return;
  }
  let answer: unknown;
  try {
    answer = handler?.(call);
  } catch (error) {
    if (error instanceof InvariantError) throw error; // A bug stops the process; it is not an answer.
    call.error(error);
    return;
  }
  call.answer(answer);
}

/** Why the handler is not entered, or undefined. */
function refusalOf(
  on: ServePath,
  call: ServedCall,
  handler: RpcHandler | undefined,
  inFlightCount: number,
): RpcError | undefined {
  if (on.isDraining) return refuse('UNAVAILABLE', `${on.name} is shutting down`, true);
  if (handler === undefined) return refuse('UNIMPLEMENTED', `${on.name} has no handler for ${call.route}`);
  if (call.dueMs <= on.nowMs()) return refuse('DEADLINE_EXCEEDED', `${call.route}: expired before it was served`);
  if (inFlightCount >= on.inFlightCountMax) {
    return refuse('RESOURCE_EXHAUSTED', `${inFlightCount} calls of this connection run already`, true);
  }
  return undefined;
}

function refuse(code: RpcCode, message: string, retryable = false): RpcError {
  return new RpcError(code, message, { executed: false, retryable });
}
