import { RpcError } from '#rpc';

/**
 * What a handler failed with, as the RPC server sends it. An RpcError goes as it is, another Error keeps its message and class, and
 * any other value (what Nest's filters make) reaches the caller exactly as it is.
 */
export function handlerFailure(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof Error) {
    return new RpcError('UNKNOWN', error.message, { executed: true, remoteName: error.name, cause: error });
  }
  return new RpcError('UNKNOWN', failureText(error), { executed: true, isValue: true, details: error });
}

/** The text to log for a failure of any shape. */
export function failureText(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return typeof error === 'string' ? error : 'the handler failed with a value';
}
