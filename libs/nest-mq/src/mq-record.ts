import { MqError } from '#mq-client';

/** What travels beside the payload of a record. */
export interface RookeryRecordOptions {
  readonly keys?: readonly string[] | undefined;
  readonly orderingKey?: string | undefined;
  readonly tag?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A payload with what the queue should know of it: `client.emit('orders:placed', record)`. */
export class RookeryRecord<T = unknown> {
  constructor(
    readonly data: T,
    readonly options: RookeryRecordOptions = {},
  ) {}
}

/** Builds a `RookeryRecord` in Nest's manner. This is the builder of `rookery/mq`; `rookery/rpc` has its own, for calls. */
export class RookeryRecordBuilder<T = unknown> {
  private options: RookeryRecordOptions = {};

  constructor(private data?: T) {}

  setData(data: T): this {
    this.data = data;
    return this;
  }

  /** Business keys to find the message by. */
  setKeys(keys: readonly string[]): this {
    this.options = { ...this.options, keys };
    return this;
  }

  /** Messages with the same ordering key go to the same queue, in the order they were sent. */
  setOrderingKey(orderingKey: string): this {
    this.options = { ...this.options, orderingKey };
    return this;
  }

  /** The tag; one in the pattern (`topic:tag`) must be the same. */
  setTag(tag: string): this {
    this.options = { ...this.options, tag };
    return this;
  }

  setHeaders(headers: Readonly<Record<string, string>>): this {
    this.options = { ...this.options, headers };
    return this;
  }

  /** Not in this version: a delay that is ignored would deliver early. @throws {MqError} 'unsupported', always */
  setDelay(_delay: unknown): never {
    throw new MqError('unsupported', 'delayed delivery is not part of this version');
  }

  build(): RookeryRecord<T | undefined> {
    return new RookeryRecord(this.data, this.options);
  }
}
