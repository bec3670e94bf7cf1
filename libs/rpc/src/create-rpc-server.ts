import type { Platform } from '#platform';
import type { RpcServer } from './rpc-server.js';
import { type RpcServerSettings, resolveRpcServerOptions } from './rpc-server.options.js';
import { Server } from './server.js';

/** A server that serves calls by route. Nothing happens before `listen`. @throws {OptionsError} */
export function createRpcServer(
  settings: RpcServerSettings,
  platform: Pick<Platform, 'clock' | 'sockets' | 'logger' | 'random'>,
): RpcServer {
  return new Server(resolveRpcServerOptions(settings), platform);
}
