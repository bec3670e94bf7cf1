import { RpcError } from '../rpc-error.js';
import type { SchemaIssue, SchemaResult, StandardSchema } from './schema.js';

/** A problem of a payload as it travels in `RpcError.details.issues`. */
export interface PayloadIssue {
  /** Dotted path inside the payload; empty for the payload itself. */
  readonly path: string;
  readonly message: string;
}

/**
 * The checked (perhaps converted) value. A value, not a promise, when the schema answers at once: unary calls stay free of extra ticks.
 *
 * @param what names the place in the message, for example `orders/get: input`
 * @throws {RpcError} INVALID_ARGUMENT with `details.issues` (a rejected promise when the schema is asynchronous)
 */
export function checkInput(schema: StandardSchema<unknown, unknown>, value: unknown, what: string): unknown {
  return checked(schema, value, (issues) => invalidInput(what, issues));
}

/** The same for an answer; a wrong one is the server's fault. @throws {RpcError} INTERNAL with `details.issues` */
export function checkOutput(schema: StandardSchema<unknown, unknown>, value: unknown, what: string): unknown {
  return checked(schema, value, (issues) => invalidOutput(what, issues));
}

function checked(
  schema: StandardSchema<unknown, unknown>,
  value: unknown,
  refuse: (issues: readonly SchemaIssue[]) => RpcError,
): unknown {
  const settle = (result: SchemaResult<unknown>): unknown => {
    if (result.issues !== undefined) throw refuse(result.issues);
    return result.value;
  };
  const result = schema['~standard'].validate(value);
  return result instanceof Promise ? result.then(settle) : settle(result);
}

function invalidInput(what: string, issues: readonly SchemaIssue[]): RpcError {
  const listed = issues.map(payloadIssue);
  return new RpcError('INVALID_ARGUMENT', message(what, listed), { executed: false, details: { issues: listed } });
}

function invalidOutput(what: string, issues: readonly SchemaIssue[]): RpcError {
  const listed = issues.map(payloadIssue);
  return new RpcError('INTERNAL', message(what, listed), { executed: true, details: { issues: listed } });
}

function message(what: string, issues: readonly PayloadIssue[]): string {
  return `${what} is not valid: ${issues.map((each) => (each.path === '' ? each.message : `${each.path}: ${each.message}`)).join('; ')}`;
}

function payloadIssue(issue: SchemaIssue): PayloadIssue {
  const path = (issue.path ?? []).map((each) => String(typeof each === 'object' ? each.key : each)).join('.');
  return { path, message: issue.message };
}
