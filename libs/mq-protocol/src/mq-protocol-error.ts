/**
 * Why bytes or an object could not be understood as an operation. Closed list; see docs/ERRORS.md.
 * `malformed`: bytes that no encoder of this version writes. `unsupported-version`: a newer peer's bytes.
 * `bad-request`: an object whose fields are missing, of the wrong type or out of range; `problems` lists all of them.
 * `too-large`: the encoder was given more than the format can say.
 */
export type MqProtocolErrorCode = 'malformed' | 'unsupported-version' | 'bad-request' | 'too-large';

/** The other side spoke no operation of this protocol. The connection is unharmed: only this request failed, and nothing was done. */
export class MqProtocolError extends Error {
  override readonly name = 'MqProtocolError';
  constructor(
    readonly code: MqProtocolErrorCode,
    detail: string,
    /** Every problem found, each as `path: what is wrong and what is allowed`; empty for bytes. */
    readonly problems: readonly string[] = [],
  ) {
    super(`[${code}] ${detail}`);
  }
}
