import type { ContractMethod } from '#rpc';

/** What `@RpcMethod` leaves in a handler's extras and on the method; `@RpcService` fills in the rest once the class is known. */
export interface MethodMark {
  readonly method: ContractMethod;
  /** Share of traffic, from `@RpcService`; undefined = the server's own. */
  weight: number | undefined;
}

/** Where the mark is, in extras and in metadata. `Symbol.for`: two copies of this package agree on it. */
export const METHOD_MARK = Symbol.for('rookery.rpc.method');

/** The mark in a handler's extras, if `@RpcMethod` made the handler. */
export function methodMark(extras: Readonly<Record<PropertyKey, unknown>> | undefined): MethodMark | undefined {
  // True: only `@RpcMethod` writes under this symbol.
  return extras?.[METHOD_MARK] as MethodMark | undefined;
}

/** The marks on the methods of a class, inherited ones too. */
export function* methodMarks(type: { readonly prototype: object }): Generator<MethodMark> {
  for (
    let proto: object | null = type.prototype;
    proto !== null && proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto)
  ) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(proto))) {
      // True: only `@RpcMethod` writes under this symbol.
      const mark =
        typeof value === 'function' ? (Reflect.getMetadata(METHOD_MARK, value) as MethodMark | undefined) : undefined;
      if (mark !== undefined) yield mark;
    }
  }
}
