import type { SchemaInput, SchemaOutput } from './schema.js';

/** The four views of a method's values: a schema may convert, so the two ends of the wire may see different types. */
export interface MethodTypes {
  readonly callerInput: unknown;
  readonly handlerInput: unknown;
  readonly handlerOutput: unknown;
  readonly callerOutput: unknown;
}

/** The types that two schemas stand for. */
export interface SchemaTypes<I, O> extends MethodTypes {
  readonly callerInput: SchemaInput<I>;
  readonly handlerInput: SchemaOutput<I>;
  readonly handlerOutput: SchemaInput<O>;
  readonly callerOutput: SchemaOutput<O>;
}

/** The types of a method that has no run-time schema. */
export interface PlainTypes<In, Out> extends MethodTypes {
  readonly callerInput: In;
  readonly handlerInput: In;
  readonly handlerOutput: Out;
  readonly callerOutput: Out;
}
