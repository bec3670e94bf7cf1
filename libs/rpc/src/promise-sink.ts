import type { AnswerSink } from './answer.js';

/** A sink that settles a promise with the first value; undefined if the call completes without one. */
export class PromiseSink implements AnswerSink {
  /** Set once the call exists; stopped when more values than one are announced. */
  call: { stop(error: undefined): void } | undefined = undefined;

  constructor(
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  value(value: unknown, isLast: boolean): void {
    this.resolve(value);
    if (!isLast) this.call?.stop(undefined);
  }

  complete(): void {
    this.resolve(undefined);
  }

  error(error: unknown): void {
    this.reject(error);
  }
}
