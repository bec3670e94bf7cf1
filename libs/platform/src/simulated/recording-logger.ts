import type { LogFields, Logger } from '../logger.js';

/** One call of a logger. */
export interface LogRecord {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** Keeps the last 10,000 calls, so that a test can ask what was said. */
export class RecordingLogger implements Logger {
  readonly records: LogRecord[] = [];

  debug(message: string, fields: LogFields = {}): void {
    this.keep({ level: 'debug', message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.keep({ level: 'info', message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.keep({ level: 'warn', message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.keep({ level: 'error', message, fields });
  }

  private keep(record: LogRecord): void {
    this.records.push(record);
    if (this.records.length > 10_000) this.records.shift();
  }
}
