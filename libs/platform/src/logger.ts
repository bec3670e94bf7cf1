/** Values that go beside a log message; no secrets, no message bodies. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured log output, one line a call. Cores get one as an argument; Nest's Logger is adapted to it in libs/nest-*. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
