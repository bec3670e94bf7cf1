/** Why a socket operation failed. Closed list; see docs/ERRORS.md. */
export type SocketErrorCode =
  | 'refused'
  | 'reset'
  | 'timed-out'
  | 'in-use'
  | 'unreachable'
  | 'not-available'
  | 'denied'
  | 'io';

/** A condition of the network. The message names the operation and the address. */
export class SocketError extends Error {
  override readonly name = 'SocketError';
  constructor(
    readonly code: SocketErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`[${code}] ${detail}`, options);
  }
}
