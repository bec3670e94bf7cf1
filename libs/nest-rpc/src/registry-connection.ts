import type { Platform } from '#platform';
import { createRegistryClient, type RegistryClient, resolveRegistryClientOptions } from '#registry';
import { createRpcChannel, parseRookeryUrl } from '#rpc';

/** Where the name server is. */
export interface RegistrySettings {
  readonly kind: 'rookery';
  /** `rookery://host:port`. */
  readonly url: string;
  /** Shared secret of the name server. */
  readonly token?: string | undefined;
}

/** A registry client together with the channel it talks over. */
export interface RegistryConnection {
  readonly client: RegistryClient;
  /** Gives up all registrations, then closes the channel. */
  close(): Promise<void>;
}

/** Opens it lazily: nothing is sent before the first watch or registration. @throws {OptionsError} when the url is none */
export function connectRegistry(settings: RegistrySettings, platform: Platform): RegistryConnection {
  const address = parseRookeryUrl(settings.url, 'registry.url');
  const channel = createRpcChannel({ address, token: settings.token }, platform);
  const client = createRegistryClient(resolveRegistryClientOptions(), platform, channel);
  return {
    client,
    async close() {
      await client.close();
      await channel.close();
    },
  };
}
