/** How one RPC server listens, limits and closes. */
export interface RpcServerOptions {
  /** Interface to listen on. Default 127.0.0.1: reachable from other machines only when asked for. */
  readonly host: string;
  /** TCP port; 0 = any free one. */
  readonly port: number;
  /** Unix socket path; used instead of `host` and `port` when not undefined. */
  readonly path: string | undefined;
  /** Shown to clients in the greeting. */
  readonly name: string;
  /** Shared secret that every client must present; undefined = none. */
  readonly token: string | undefined;
}

/** What may be given to `createRpcServer`: any part of the options. */
export type RpcServerSettings = { readonly [K in keyof RpcServerOptions]?: RpcServerOptions[K] | undefined };
