import { Inject } from '@nestjs/common';
import type { CallPolicy, RpcClientOf, RpcContract } from '#rpc';
import { injectionToken } from './injection-points.js';

/** The typed client of a contract, as a type: `RpcClient<typeof Orders>`. */
export type RpcClient<C extends RpcContract> = RpcClientOf<C>;

/** What one injection point may set. */
export interface RpcClientOptions {
  /** Above the contract's policy, below a single call's options. */
  readonly policy?: CallPolicy | undefined;
}

/**
 * Injects the typed client of a contract into a constructor parameter or a property. The module must import
 * `RpcModule.forFeature([contract])`.
 *
 * @throws {OptionsError} when the policy is not valid
 */
export function RpcClient(
  contract: RpcContract,
  options: RpcClientOptions = {},
): PropertyDecorator & ParameterDecorator {
  return Inject(injectionToken(contract, options.policy));
}
