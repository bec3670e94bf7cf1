/** Why a connection ended or could not be made. Closed list; see docs/ERRORS.md. */
export type TransportErrorCode =
  | 'closed'
  | 'peer-silent'
  | 'half-frame'
  | 'slow-reader'
  | 'greeting-timed-out'
  | 'refused-greeting'
  | 'bad-frame'
  | 'lost';

/** A condition of one connection. The message names the peer. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  constructor(
    readonly code: TransportErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`[${code}] ${detail}`, options);
  }
}
