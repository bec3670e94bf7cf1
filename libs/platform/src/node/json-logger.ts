import type { Clock } from '../clock.js';
import type { LogFields, Logger } from '../logger.js';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** How much is logged: this level and everything after it in the order debug, info, warn, error; `silent` logs nothing. */
export type LogLevel = (typeof LEVELS)[number];

/** How a JsonLogger writes. */
export interface JsonLoggerOptions {
  readonly level: LogLevel;
  /** Gets one whole line with its line feed for each call. It must not throw. */
  readonly write: (line: string) => void;
  /** Stamps the lines with its wall time. */
  readonly clock: Pick<Clock, 'wallMs'>;
}

/** What JSON leaves alone and a terminal or a line reader does not: DEL, the C1 controls, and the Unicode line ends. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * One JSON object a line: `{"time":"2025-01-31T10:00:00.000Z","level":"info","message":"...", ...fields}`.
 * Control characters are escaped, so text from a peer can neither start a new line nor steer a terminal.
 * Fields named `time`, `level` or `message` are dropped.
 */
export class JsonLogger implements Logger {
  private readonly threshold: number;

  constructor(private readonly options: JsonLoggerOptions) {
    this.threshold = LEVELS.indexOf(options.level);
  }

  debug(message: string, fields?: LogFields): void {
    if (this.threshold <= 0) this.log('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    if (this.threshold <= 1) this.log('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    if (this.threshold <= 2) this.log('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    if (this.threshold <= 3) this.log('error', message, fields);
  }

  private log(level: LogLevel, message: string, fields: LogFields | undefined): void {
    const own = { time: new Date(this.options.clock.wallMs()).toISOString(), level, message };
    const line = JSON.stringify({ ...own, ...fields, ...own });
    this.options.write(`${line.replace(UNSAFE, escapeCharacter)}\n`);
  }
}

/** Drops everything. */
export const silentLogger: Logger = Object.freeze({ debug() {}, info() {}, warn() {}, error() {} });

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
