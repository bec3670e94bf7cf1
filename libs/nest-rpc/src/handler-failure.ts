import { RpcError } from '#rpc';

/**
 * What a handler failed with, as the RPC server sends it. An RpcError goes as it is, another Error keeps its message and class, and
 * any other value (what Nest's filters make) reaches the caller exactly as it is.
 */
export function handlerFailure(error: unknown): RpcError {
  if (error instanceof RpcError) return named(error);
  if (error instanceof Error) {
    return new RpcError('UNKNOWN', error.message, { executed: true, remoteName: className(error), cause: error });
  }
  return new RpcError('UNKNOWN', failureText(error), { executed: true, isValue: true, details: error });
}

/** The text to log for a failure of any shape. */
export function failureText(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return typeof error === 'string' ? error : 'the handler failed with a value';
}

/** An error of a subclass that did not set `name` still travels under its class name. */
function named(error: RpcError): RpcError {
  const remoteName = className(error);
  if (error.remoteName !== undefined || error.name === remoteName) return error;
  const { code, message, retryable, executed, retryAfterMs, details, isValue } = error;
  const facts = { retryable, executed, details, isValue, remoteName, cause: error };
  return new RpcError(code, message, retryAfterMs === undefined ? facts : { ...facts, retryAfterMs });
}

function className(error: Error): string {
  return error.name === 'Error' || error.name === 'RpcError' ? error.constructor.name : error.name;
}
