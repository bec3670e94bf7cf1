import type { SocketAddress } from '#platform';
import type { Directory } from './directory.js';
import type { CodecName } from './rpc-channel.js';

/** How one channel finds, reaches and calls its servers. */
export interface RpcChannelOptions {
  /** The one server to talk to; exactly one of `address` and `service` is set. */
  readonly address: SocketAddress | undefined;
  /** The service to talk to, found in `directory`. */
  readonly service: string | undefined;
  readonly directory: Directory | undefined;
  readonly codec: CodecName;
  /** Default whole time of a call; Infinity = none. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Shared secret presented in the greeting. */
  readonly token: string | undefined;
}

/** What may be given to `createRpcChannel`: any part of the options. */
export type RpcChannelSettings = { readonly [K in keyof RpcChannelOptions]?: RpcChannelOptions[K] | undefined };
