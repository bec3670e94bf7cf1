import type { Platform } from '#platform';
import type { RpcChannel } from './rpc-channel.js';
import type { RpcChannelSettings } from './rpc-channel.options.js';

/** A channel to one address, or to all instances of a service. Connects on first use. @throws {OptionsError} */
export function createRpcChannel(
  _settings: RpcChannelSettings,
  _platform: Pick<Platform, 'clock' | 'sockets' | 'logger' | 'random'>,
): RpcChannel {
  throw new Error('not written yet');
}
