import { type OptionProblem, OptionsError } from '#platform';
import { resolveTransportOptions, type TransportOptions, type TransportSettings } from '#transport';
import type { CodecName } from './rpc-channel.js';
import { withoutAbsent } from './without-absent.js';

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
  /** Codec of answers to calls whose payload was raw bytes; other answers use the codec of their call. */
  readonly codec: CodecName;
  /** Longest that `close` waits for running calls. */
  readonly drainTimeoutMs: number;
  /** Most bytes of one stream that wait for the caller's credit; a source that is further ahead fails with RESOURCE_EXHAUSTED. */
  readonly streamBufferBytesMax: number;
  readonly limits: TransportOptions;
}

/** What may be given to `createRpcServer`: any part of the options. */
export type RpcServerSettings = {
  readonly [K in Exclude<keyof RpcServerOptions, 'limits'>]?: RpcServerOptions[K] | undefined;
} & { readonly limits?: TransportSettings | undefined };

const defaults: RpcServerOptions = Object.freeze({
  host: '127.0.0.1',
  port: 0,
  path: undefined,
  name: 'rookery',
  token: undefined,
  codec: 'msgpack',
  drainTimeoutMs: 10_000,
  streamBufferBytesMax: 4 * 1024 ** 2,
  limits: resolveTransportOptions({}),
});

/** The only place where RpcServerOptions are made. @throws {OptionsError} with every problem. */
export function resolveRpcServerOptions(given: RpcServerSettings): RpcServerOptions {
  const { limits, ...rest } = given;
  const options = { ...defaults, ...withoutAbsent(rest), limits: resolveTransportOptions(limits ?? {}) };
  const problems: OptionProblem[] = [];
  const check = (path: keyof RpcServerOptions, isRight: boolean, problem: string) => {
    if (!isRight) problems.push({ path, problem: `${String(options[path])} ${problem}` });
  };
  check(
    'port',
    Number.isInteger(options.port) && options.port >= 0 && options.port <= 65_535,
    'is not a port, 0 to 65535',
  );
  check('host', typeof options.host === 'string' && options.host !== '', 'is not a host');
  check('codec', ['raw', 'json', 'msgpack'].includes(options.codec), 'is not raw, json or msgpack');
  check('drainTimeoutMs', options.drainTimeoutMs >= 0, 'is not a number of ms');
  check('streamBufferBytesMax', options.streamBufferBytesMax > 0, 'is not a number of bytes above 0');
  if (options.token === '') problems.push({ path: 'token', problem: 'is empty; leave it out or set a secret' });
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze(options);
}
