import { type Duration, durationMs } from '#rpc';

/** What travels beside the payload of a record. */
export interface RookeryRecordOptions {
  /** Reach the handler through `context.getMetadata()`; keys are sent in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whole time for this call, in ms; Infinity = none. */
  readonly timeoutMs?: number | undefined;
}

/** A payload with headers or a deadline of its own: `client.send(pattern, record)`. */
export class RookeryRecord<T = unknown> {
  constructor(
    readonly data: T,
    readonly options: RookeryRecordOptions = {},
  ) {}
}

/** Builds a `RookeryRecord` in Nest's manner. */
export class RookeryRecordBuilder<T = unknown> {
  private headers: Readonly<Record<string, string>> | undefined;
  private timeoutMs: number | undefined;

  constructor(private data?: T) {}

  setData(data: T): this {
    this.data = data;
    return this;
  }

  setHeaders(headers: Readonly<Record<string, string>>): this {
    this.headers = headers;
    return this;
  }

  /** @throws {OptionsError} when it is not a duration */
  setTimeout(timeout: Duration): this {
    this.timeoutMs = durationMs(timeout, 'record.timeout');
    return this;
  }

  build(): RookeryRecord<T | undefined> {
    return new RookeryRecord(this.data, { headers: this.headers, timeoutMs: this.timeoutMs });
  }
}
