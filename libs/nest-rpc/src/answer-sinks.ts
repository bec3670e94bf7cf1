import type { WritePacket } from '@nestjs/microservices';
import type { Subscriber } from 'rxjs';
import { type AnswerSink, RpcError } from '#rpc';

/** Nest's extension points of a client, bound once. */
export interface AnswerMapping {
  response(value: unknown): unknown;
  error(error: unknown): unknown;
}

/** The value that a handler's filter made, or the error itself. */
function callerError(error: unknown): unknown {
  return error instanceof RpcError && error.isValue ? error.details : error;
}

/** Answers of one call into its subscriber. `undefined` as the last value means "no value", as in Nest's own transports. */
export class ObserverSink<T> implements AnswerSink {
  constructor(
    private readonly subscriber: Subscriber<T>,
    private readonly mapping: AnswerMapping,
  ) {}

  value(value: unknown, isLast: boolean): void {
    try {
      if (value !== undefined || !isLast) {
        // The caller of `send` named T; nothing can check it here.
        this.subscriber.next(this.mapping.response(value) as T);
      }
      if (isLast) this.subscriber.complete();
    } catch (error) {
      // A subclass's own mapping: its failure is the call's, not that of the connection that brought the answer.
      this.subscriber.error(error);
    }
  }

  complete(): void {
    this.subscriber.complete();
  }

  error(error: unknown): void {
    let mapped: unknown;
    try {
      mapped = this.mapping.error(callerError(error));
    } catch (failure) {
      mapped = failure;
    }
    this.subscriber.error(mapped);
  }
}

/** A packet that says "failed", whatever the error's value: `createObserver` knows it by its class. */
export class FailurePacket implements WritePacket {
  constructor(readonly err: unknown) {}
}

/** Answers of one call as the packets that Nest's `publish` callback takes. */
export class CallbackSink implements AnswerSink {
  constructor(private readonly callback: (packet: WritePacket) => void) {}

  value(value: unknown, isLast: boolean): void {
    this.callback(isLast ? { response: value, isDisposed: true } : { response: value });
  }

  complete(): void {
    this.callback({ isDisposed: true });
  }

  error(error: unknown): void {
    this.callback(new FailurePacket(callerError(error)));
  }
}
