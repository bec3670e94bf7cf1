/**
 * Where the answers to one call go. One object per call, no closures.
 * Exactly one of these ends it: `value(v, true)`, `complete()`, `error(e)`; nothing follows.
 */
export interface AnswerSink {
  /** One answer. `isLast` merges the final value with completion, so a unary answer is one call. */
  value(value: unknown, isLast: boolean): void;
  complete(): void;
  error(error: unknown): void;
}

/**
 * What a handler returns to answer with many values.
 * `start` begins producing into the sink and returns a function that stops it (called on cancel, deadline, lost connection).
 */
export class AnswerStream {
  constructor(readonly start: (sink: AnswerSink) => () => void) {}
}
