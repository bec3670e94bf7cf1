import { Logger as NestLogger } from '@nestjs/common';
import type { LogFields, Logger } from '#platform';

/** Lets the cores write to Nest's logger, whatever the application set it to. The fields go behind the message as JSON. */
export function nestLogger(context: string): Logger {
  const target = new NestLogger(context);
  return Object.freeze({
    debug: (message: string, fields?: LogFields) => target.debug(line(message, fields)),
    info: (message: string, fields?: LogFields) => target.log(line(message, fields)),
    warn: (message: string, fields?: LogFields) => target.warn(line(message, fields)),
    error: (message: string, fields?: LogFields) => target.error(line(message, fields)),
  });
}

function line(message: string, fields: LogFields | undefined): string {
  return fields === undefined ? message : `${message} ${JSON.stringify(fields)}`;
}
