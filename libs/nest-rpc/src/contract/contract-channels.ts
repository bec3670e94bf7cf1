import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { nodePlatform, OptionsError, type Platform } from '#platform';
import { createRpcChannel, parseRookeryUrl, type RpcChannel, type RpcContract } from '#rpc';
import { nestLogger } from '../nest-logger.js';
import { connectRegistry, type RegistryConnection } from '../registry-connection.js';
import { RPC_MODULE_OPTIONS, type RpcModuleOptions } from './rpc.module-definition.js';

/** Token of the channels. Nest prints it when nothing provides it, so it says what to do. */
export const CONTRACT_CHANNELS = 'RpcChannels [is RpcModule.forRoot(...) imported in the root module?]';

/** The channels of one application's typed clients: one per address or service, shared by its contracts, closed last at shutdown. */
@Injectable()
export class ContractChannels implements OnApplicationShutdown {
  private readonly channels = new Map<string, RpcChannel>();
  private readonly platform: Platform = nodePlatform({ logger: nestLogger('RpcModule') });
  private readonly registry: RegistryConnection | undefined;

  constructor(@Inject(RPC_MODULE_OPTIONS) readonly options: RpcModuleOptions) {
    this.registry = options.registry === undefined ? undefined : connectRegistry(options.registry, this.platform);
  }

  /**
   * The channel to whoever serves the contract. Makes no connection.
   *
   * @param url overrides the module's `url` and `registry`
   * @throws {OptionsError} when nothing says where the contract is served
   */
  channel(contract: RpcContract, url: string | undefined): RpcChannel {
    const at = url ?? this.options.url;
    const key = at ?? `service ${contract.name}`;
    const known = this.channels.get(key);
    if (known !== undefined) return known;
    const { codec = 'json', auth } = this.options;
    const channel = createRpcChannel({ ...this.target(contract, at), codec, token: auth?.token }, this.platform);
    this.channels.set(key, channel);
    return channel;
  }

  /** Nest's hook: runs after the servers have drained, so handlers may call out until then. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.channels.values()].map((each) => each.close()));
    this.channels.clear();
    await this.registry?.close();
  }

  private target(contract: RpcContract, url: string | undefined) {
    if (url !== undefined) return { address: parseRookeryUrl(url, `rpc.${contract.name}.url`) };
    if (this.registry !== undefined) return { service: contract.name, directory: this.registry.client };
    const problem =
      "nothing says where it is served: give RpcModule.forRoot a 'registry' or a 'url', or forFeature a 'url'";
    throw new OptionsError([{ path: `rpc.${contract.name}`, problem }]);
  }
}
