/**
 * Why the queue's brain cannot go on. Closed list; see docs/ERRORS.md.
 * `bad-record`: a state record of the log cannot be read although its checksums hold: a newer version wrote it, or a bug.
 * `closed`: an operation after `close`.
 */
export type MqErrorCode = 'bad-record' | 'closed';

/** A condition of the log or of the broker's life. What a client did wrong is a refusal in the answer, never this. */
export class MqError extends Error {
  override readonly name = 'MqError';
  constructor(
    readonly code: MqErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`[${code}] ${detail}`, options);
  }
}
