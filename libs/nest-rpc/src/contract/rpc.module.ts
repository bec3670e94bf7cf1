import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { createContractClient, type RpcContract } from '#rpc';
import { CONTRACT_CHANNELS, ContractChannels } from './contract-channels.js';
import { type InjectionPoint, injectionPoints } from './injection-points.js';
import { ConfigurableModuleClass, RPC_MODULE_OPTIONS } from './rpc.module-definition.js';

/** A contract, and where it is served when that is not what `forRoot` says. */
export type FeatureContract = RpcContract | { readonly contract: RpcContract; readonly url: string };

/** Carries the clients of one `forFeature`. */
@Module({})
class RpcFeatureModule {}

/** Typed RPC for an application: `forRoot` or `forRootAsync` once, `forFeature([Orders])` where clients are injected. */
@Module({
  providers: [{ provide: CONTRACT_CHANNELS, useClass: ContractChannels }],
  exports: [CONTRACT_CHANNELS, RPC_MODULE_OPTIONS],
})
export class RpcModule extends ConfigurableModuleClass {
  /** Provides what `@RpcClient(contract)` injects, for each of the contracts. */
  static forFeature(contracts: readonly FeatureContract[]): DynamicModule {
    const providers = (): Provider[] => contracts.flatMap(clientProviders);
    return {
      module: RpcFeatureModule,
      // Getters, because Nest reads them when the application starts: injection points in files loaded after this one count too.
      get providers() {
        return providers();
      },
      get exports() {
        return providers();
      },
    };
  }
}

function clientProviders(feature: FeatureContract): Provider[] {
  const [contract, url] = 'contract' in feature ? [feature.contract, feature.url] : [feature, undefined];
  return injectionPoints(contract).map((point) => clientProvider(contract, point, url));
}

function clientProvider(contract: RpcContract, { token, policy }: InjectionPoint, url: string | undefined): Provider {
  return {
    provide: token,
    inject: [CONTRACT_CHANNELS],
    useFactory: (channels: ContractChannels) =>
      createContractClient(contract, channels.channel(contract, url), { defaults: channels.options.defaults, policy }),
  };
}
