import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { CallPolicy, CodecName } from '#rpc';
import type { RegistrySettings } from '../registry-connection.js';

/** What `RpcModule.forRoot` takes. */
export interface RpcModuleOptions {
  /** Name of this process in the name server's lists; used by `connectRookery`. */
  readonly name?: string | undefined;
  /** Finds the services of contracts by the contract's name. */
  readonly registry?: RegistrySettings | undefined;
  /** One server for all contracts, without a registry; `forFeature([{ contract, url }])` says it for one. */
  readonly url?: string | undefined;
  /** How payloads become bytes; default JSON. */
  readonly codec?: Exclude<CodecName, 'raw'> | undefined;
  /** Shared secret presented to the servers. */
  readonly auth?: { readonly token: string } | undefined;
  /** The lowest layer of call policies. */
  readonly defaults?: CallPolicy | undefined;
}

/** Token of the options. Nest prints it when nothing provides it, so it says what to do. */
export const RPC_MODULE_OPTIONS = 'RpcModuleOptions [is RpcModule.forRoot(...) imported in the root module?]';

/** Nest's builder makes `forRoot` and `forRootAsync`; the module is global, so `forFeature` works anywhere. */
export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<RpcModuleOptions>({
  optionsInjectionToken: RPC_MODULE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, extras) => ({ ...definition, global: extras.isGlobal }))
  .build();
