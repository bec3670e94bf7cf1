import type { Platform } from '#platform';
import type { RpcServer } from './rpc-server.js';
import type { RpcServerSettings } from './rpc-server.options.js';

/** A server that serves calls by route. Nothing happens before `listen`. @throws {OptionsError} */
export function createRpcServer(
  _settings: RpcServerSettings,
  _platform: Pick<Platform, 'clock' | 'sockets' | 'logger' | 'random'>,
): RpcServer {
  throw new Error('not written yet');
}
