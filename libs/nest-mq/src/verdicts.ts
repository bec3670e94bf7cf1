import { RpcException } from '@nestjs/microservices';
import { type Duration, durationMs } from '#rpc';

// These extend RpcException and answer `getError` with themselves, because Nest's exception filter passes on just that:
// so they reach the consumer unmasked from handlers of plain Nest, too.

/** Thrown by a handler: deliver the message again after `delay`. @throws {OptionsError} when it is no duration */
export class RetryLater extends RpcException {
  override readonly name = 'RetryLater';
  readonly delayMs: number;
  constructor(delay: Duration) {
    super(`to be delivered again in ${delay}`);
    this.delayMs = durationMs(delay, 'RetryLater');
  }

  override getError(): object {
    return this;
  }
}

/**
 * Thrown by a handler: the message can never be handled. There is no dead-letter topic in this version, and nothing may vanish: the
 * message is logged as an error and given back with the longest retry delay, so it comes again until an operator acts.
 */
export class DeadLetter extends RpcException {
  override readonly name = 'DeadLetter';
  constructor(readonly reason: string) {
    super(reason);
  }

  override getError(): object {
    return this;
  }
}

/** Thrown by a handler: acknowledge the message although it was not handled. */
export class Skip extends RpcException {
  override readonly name = 'Skip';
  constructor(reason = 'skipped by its handler') {
    super(reason);
  }

  override getError(): object {
    return this;
  }
}
