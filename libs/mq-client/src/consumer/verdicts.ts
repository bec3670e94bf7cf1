/** Thrown by a handler: deliver the message again after `delayMs`. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  constructor(
    readonly delayMs: number,
    options?: ErrorOptions,
  ) {
    super(`to be delivered again in ${delayMs} ms`, options);
  }
}

/**
 * Thrown by a handler: the message can never be handled. There is no dead-letter topic in this version, and nothing may vanish: the
 * message is logged as an error and given back with the longest retry delay, so it comes again until an operator acts.
 */
export class DeadLetter extends Error {
  override readonly name = 'DeadLetter';
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** Thrown by a handler: acknowledge the message although it was not handled. */
export class Skip extends Error {
  override readonly name = 'Skip';
  constructor(reason = 'skipped by its handler') {
    super(reason);
  }
}
