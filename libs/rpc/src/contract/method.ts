import type { CallPolicy } from './call-policy.js';
import type { MethodTypes, PlainTypes, SchemaTypes } from './payload-views.js';
import type { Schema, StandardSchema } from './schema.js';
import { standardSchemaOf } from './standard-schema-of.js';

/** One method before `defineContract` gave it a name. */
export interface MethodSpec<T extends MethodTypes = MethodTypes> {
  readonly kind: 'unary' | 'stream';
  /** Checked at the caller and, before the handler, at the server. */
  readonly input: StandardSchema<unknown, unknown> | undefined;
  /** Checked at the server. */
  readonly output: StandardSchema<unknown, unknown> | undefined;
  /** Running it twice does the same as once: such calls may be repeated when their outcome is unknown. */
  readonly idempotent: boolean;
  readonly policy: CallPolicy | undefined;
  /** Types only; no value is ever here. Lets TypeScript find the payload types again. */
  readonly types?: T | undefined;
}

/** What a method says about itself besides its payloads. */
export interface MethodOptions {
  readonly idempotent?: boolean | undefined;
  readonly policy?: CallPolicy | undefined;
}

/** The same with run-time schemas, either of them optional. */
export interface SchemaMethodOptions<I, O> extends MethodOptions {
  readonly input?: I | undefined;
  readonly output?: O | undefined;
}

/** Declares a method: one value in, one value out. With schemas the payloads are checked; `method<In, Out>()` is types only. */
export function method<I extends Schema | undefined = undefined, O extends Schema | undefined = undefined>(
  options?: SchemaMethodOptions<I, O>,
): MethodSpec<SchemaTypes<I, O>>;
export function method<In, Out>(options?: MethodOptions): MethodSpec<PlainTypes<In, Out>>;
export function method(options: SchemaMethodOptions<Schema, Schema> = {}): MethodSpec {
  return spec('unary', options);
}

/** Declares a server stream. `defineContract` refuses it in this version. */
export function stream<I extends Schema | undefined = undefined, O extends Schema | undefined = undefined>(
  options?: SchemaMethodOptions<I, O>,
): MethodSpec<SchemaTypes<I, O>>;
export function stream<In, Out>(options?: MethodOptions): MethodSpec<PlainTypes<In, Out>>;
export function stream(options: SchemaMethodOptions<Schema, Schema> = {}): MethodSpec {
  return spec('stream', options);
}

function spec(kind: MethodSpec['kind'], options: SchemaMethodOptions<Schema, Schema>): MethodSpec {
  return Object.freeze({
    kind,
    input: options.input === undefined ? undefined : standardSchemaOf(options.input),
    output: options.output === undefined ? undefined : standardSchemaOf(options.output),
    idempotent: options.idempotent === true,
    policy: options.policy,
  });
}
