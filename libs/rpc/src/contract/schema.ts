/** What a failed check says, one entry per problem. Source: the Standard Schema specification, version 1. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** What a check answers: the value (perhaps converted), or why it is not one. */
export type SchemaResult<Out> =
  | { readonly value: Out; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** The part of the Standard Schema interface that we use; zod, valibot, arktype and others satisfy it. Source: standardschema.dev. */
export interface StandardSchema<In = unknown, Out = In> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Out> | Promise<SchemaResult<Out>>;
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}

/** A class used as a schema: class-transformer makes the instance, class-validator (if installed) checks it. */
export type SchemaClass<T = object> = abstract new (...args: never[]) => T;

/** What `method` takes as `input` and `output`. */
export type Schema = StandardSchema<unknown, unknown> | SchemaClass;

/** What the sender of a value writes for this schema. */
export type SchemaInput<S> = S extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly input: infer In }
    ? In
    : unknown
  : S extends SchemaClass<infer T>
    ? T
    : unknown;

/** What the receiver of a value gets after this schema checked it. */
export type SchemaOutput<S> = S extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly output: infer Out }
    ? Out
    : unknown
  : S extends SchemaClass<infer T>
    ? T
    : unknown;
