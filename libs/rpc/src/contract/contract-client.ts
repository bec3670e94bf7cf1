import type { CallOptions, RpcChannel } from '../rpc-channel.js';
import { RpcError } from '../rpc-error.js';
import { type CallPolicy, resolveCallPolicy, type TypedCallOptions } from './call-policy.js';
import { checkInput, checkOutput } from './check-value.js';
import type { ContractMethod, RpcContract, TypesOf } from './contract.js';
import type { MethodTypes } from './payload-views.js';

/** One method of a typed client. */
export interface RpcClientMethod<T extends MethodTypes> {
  /** @throws {RpcError} INVALID_ARGUMENT before anything is sent when the payload does not match; else what the server or the network said */
  (input: T['callerInput'], options?: TypedCallOptions): Promise<T['callerOutput']>;
  /** Sends and forgets: resolves when the call was handed to the connection. */
  oneway(input: T['callerInput'], options?: TypedCallOptions): Promise<void>;
}

/** The typed client of a contract: one async function per method. */
export type RpcClientOf<C extends RpcContract> = {
  readonly [K in keyof C['methods']]: RpcClientMethod<TypesOf<C['methods'][K]>>;
};

/** The policy layers below the single call. */
export interface ContractClientPolicies {
  /** Below the contract's own policy. */
  readonly defaults?: CallPolicy | undefined;
  /** Above it. */
  readonly policy?: CallPolicy | undefined;
}

/**
 * A typed client over a channel. It owns nothing: whoever made the channel closes it.
 *
 * @throws {OptionsError} when a policy is not valid
 */
export function createContractClient<C extends RpcContract>(
  contract: C,
  channel: RpcChannel,
  policies: ContractClientPolicies = {},
): RpcClientOf<C> {
  const methods: readonly ContractMethod[] = Object.values(contract.methods);
  const entries = methods.map((method) => {
    const path = `${contract.name}.${method.name}.policy`;
    const policy = resolveCallPolicy([policies.defaults, method.policy, policies.policy], path);
    const base: CallOptions = method.idempotent ? { ...policy, isIdempotent: true } : policy;
    return [method.name, clientMethod(method, channel, base)] as const;
  });
  // True by construction: one entry per method of the contract; the payload types exist at compile time only.
  return Object.freeze(Object.fromEntries(entries)) as unknown as RpcClientOf<C>;
}

function clientMethod(method: ContractMethod, channel: RpcChannel, base: CallOptions): RpcClientMethod<MethodTypes> {
  const { route, input: schema } = method;
  const what = `${route}: input`;
  // Class schemas convert the answer into instances; others were checked and converted by the server.
  const convert = method.output?.['~standard'].vendor === 'class' ? method.output : undefined;
  const call = async (input: unknown, options?: TypedCallOptions): Promise<unknown> => {
    const merged = options === undefined ? base : callOptions(base, options, route);
    if (schema !== undefined) await checkInput(schema, input, what);
    let output: unknown;
    try {
      output = await channel.call(route, input, merged);
    } catch (error) {
      throw typedError(error);
    }
    return convert === undefined ? output : checkOutput(convert, output, `${route}: output`);
  };
  const oneway = async (input: unknown, options?: TypedCallOptions): Promise<void> => {
    if (schema !== undefined) await checkInput(schema, input, what);
    await channel.oneway(route, input, options === undefined ? base : callOptions(base, options, route));
  };
  return Object.assign(call, { oneway });
}

function callOptions(base: CallOptions, options: TypedCallOptions, route: string): CallOptions {
  const own = resolveCallPolicy([options], `${route} options`);
  return {
    ...base,
    ...own,
    ...(own.metadata && base.metadata ? { metadata: { ...base.metadata, ...own.metadata } } : {}),
  };
}

/** Typed callers see one error class: a bare value that a handler or filter threw becomes its `details`. */
function typedError(error: unknown): RpcError {
  if (error instanceof RpcError && !error.isValue) return error;
  const value = error instanceof RpcError ? error.details : error;
  return new RpcError('UNKNOWN', messageOf(value) ?? 'the handler failed with a value', {
    executed: true,
    details: value,
  });
}

function messageOf(error: unknown): string | undefined {
  if (typeof error === 'string') return error;
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return undefined;
}
