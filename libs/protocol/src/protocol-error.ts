/** Why bytes or values were refused. Closed list; see docs/ERRORS.md. */
export type ProtocolErrorCode =
  | 'frame-too-large'
  | 'unknown-frame'
  | 'malformed-frame'
  | 'bad-hello'
  | 'version-mismatch'
  | 'wrong-codec'
  | 'unencodable'
  | 'undecodable';

/** Bytes from a peer, or a value for a peer, that the protocol cannot carry. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  constructor(
    readonly code: ProtocolErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`[${code}] ${detail}`, options);
  }
}
