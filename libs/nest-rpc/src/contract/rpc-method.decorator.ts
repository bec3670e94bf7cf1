import { MessagePattern } from '@nestjs/microservices';
import type { ContractMethod, MethodTypes, RpcAnswer } from '#rpc';
import { ROOKERY_RPC } from '../transport-id.js';
import { METHOD_MARK, type MethodMark } from './handler-extras.js';

/** What one served method may set besides its contract. */
export interface RpcMethodOptions {
  /** Extras for other libraries; they reach `handler.extras` as with `@MessagePattern`. */
  readonly extras?: Readonly<Record<string, unknown>> | undefined;
}

/** A handler that takes the method's payload first and answers with its type. */
export type RpcMethodHandler<T extends MethodTypes> = (
  input: T['handlerInput'],
  ...rest: never[]
) => RpcAnswer<T['handlerOutput']>;

/**
 * Serves a method of a contract: `@RpcMethod(Orders.methods.get)`. A `@MessagePattern` for the method's route, on Rookery's transport
 * only. The payload is checked before guards and pipes see it, the answer before it leaves. A handler of another type does not compile.
 */
export function RpcMethod<T extends MethodTypes>(method: ContractMethod<T>, options: RpcMethodOptions = {}) {
  return <H extends RpcMethodHandler<T>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    const mark: MethodMark = { method, weight: undefined };
    Reflect.defineMetadata(METHOD_MARK, mark, descriptor.value ?? target);
    MessagePattern(method.route, ROOKERY_RPC, { ...options.extras, [METHOD_MARK]: mark })(target, key, descriptor);
  };
}
