import type { Platform } from '#platform';
import { Channel } from './channel.js';
import type { RpcChannel } from './rpc-channel.js';
import { type RpcChannelSettings, resolveRpcChannelOptions } from './rpc-channel.options.js';

/** A channel to one address, or to all instances of a service. Connects on first use. @throws {OptionsError} */
export function createRpcChannel(
  settings: RpcChannelSettings,
  platform: Pick<Platform, 'clock' | 'sockets' | 'logger' | 'random'>,
): RpcChannel {
  return new Channel(resolveRpcChannelOptions(settings), platform);
}
