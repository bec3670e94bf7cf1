import type { RpcContract, TypesOf } from './contract.js';

/** Something with one later value; rxjs's Observable is one. Declared here so that contracts stay free of frameworks. */
export interface Subscribable<T> {
  subscribe(observer: { next(value: T): void }): unknown;
}

/** What a method of a contract may answer with. */
export type RpcAnswer<T> = T | Promise<T> | Subscribable<T>;

/** What a class must have to serve contract `C`: the payload first, then whatever else the framework injects. */
export type RpcImplementation<C extends RpcContract> = {
  readonly [K in keyof C['methods']]: (
    input: TypesOf<C['methods'][K]>['handlerInput'],
    ...rest: never[]
  ) => RpcAnswer<TypesOf<C['methods'][K]>['handlerOutput']>;
};
