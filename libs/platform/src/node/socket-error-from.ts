import { SocketError, type SocketErrorCode } from '../socket-error.js';

const CODES: Readonly<Record<string, SocketErrorCode>> = {
  ECONNREFUSED: 'refused',
  // No file at the path of a Unix socket, or a file that is none: nobody listens there.
  ENOENT: 'refused',
  ENOTSOCK: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timed-out',
  EADDRINUSE: 'in-use',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EADDRNOTAVAIL: 'not-available',
  EACCES: 'denied',
  EPERM: 'denied',
};

/** Node's error as ours: `operation` and `address` name what was tried. Anything unknown to the table is 'io'. */
export function socketErrorFrom(cause: NodeJS.ErrnoException, operation: string, address: string): SocketError {
  const code = (cause.code === undefined ? undefined : CODES[cause.code]) ?? 'io';
  return new SocketError(code, `${operation} ${address}: ${cause.code ?? cause.message}`, { cause });
}
