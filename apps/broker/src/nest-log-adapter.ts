import type { LoggerService } from '@nestjs/common';
import type { Logger } from '#platform';

/** Nest's own lines in the broker's log, one JSON object each. What Nest says while it wires modules is for debugging only. */
export function nestLogAdapter(logger: Logger): LoggerService {
  const context = (rest: readonly unknown[]) => ({ context: String(rest.at(-1) ?? 'Nest') });
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(String(message), context(rest)),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(String(message), context(rest)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.debug(String(message), context(rest)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(String(message), context(rest)),
    error: (message: unknown, ...rest: unknown[]) => {
      // A provider that cannot be made: the process says it once, in its own words, before it ends.
      if (rest.at(-1) === 'ExceptionHandler') logger.debug(String(message), context(rest));
      else logger.error(String(message), context(rest));
    },
    fatal: (message: unknown, ...rest: unknown[]) => logger.error(String(message), context(rest)),
  };
}
