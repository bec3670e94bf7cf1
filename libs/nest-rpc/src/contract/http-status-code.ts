import type { RpcCode } from '#rpc';

/** Source: google/rpc/code.proto, read backwards; 409 is the nearest of its two. */
const CODES: Readonly<Record<number, RpcCode>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  410: 'NOT_FOUND',
  412: 'FAILED_PRECONDITION',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** The RPC code that means the same as an HTTP status. Others: 4xx FAILED_PRECONDITION, everything else INTERNAL. */
export function httpStatusCode(status: number): RpcCode {
  return CODES[status] ?? (status >= 400 && status < 500 ? 'FAILED_PRECONDITION' : 'INTERNAL');
}
