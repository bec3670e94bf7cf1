import { type OptionProblem, OptionsError, type SocketAddress } from '#platform';
import type { Backoff } from '#resilience';
import { resolveTransportOptions, type TransportOptions, type TransportSettings } from '#transport';
import type { Directory } from './directory.js';
import type { CodecName } from './rpc-channel.js';
import { withoutAbsent } from './without-absent.js';

/** How one channel finds, reaches and calls its servers. */
export interface RpcChannelOptions {
  /** The one server to talk to; exactly one of `address` and `service` is set. */
  readonly address: SocketAddress | undefined;
  /** The service to talk to, found in `directory`. */
  readonly service: string | undefined;
  readonly directory: Directory | undefined;
  /** Shown to servers in the greeting. */
  readonly name: string;
  /** Shared secret presented in the greeting. */
  readonly token: string | undefined;
  readonly codec: CodecName;
  /** Default whole time of a call; Infinity = none. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Waits between attempts to reach a server that was lost. */
  readonly reconnect: Backoff;
  /** Longest that a call waits for a first instance of the service, within its own deadline. */
  readonly availabilityWaitMs: number;
  readonly limits: TransportOptions;
}

/** What may be given to `createRpcChannel`: any part of the options. */
export type RpcChannelSettings = {
  readonly [K in Exclude<keyof RpcChannelOptions, 'limits'>]?: RpcChannelOptions[K] | undefined;
} & { readonly limits?: TransportSettings | undefined };

const defaults: RpcChannelOptions = Object.freeze({
  address: undefined,
  service: undefined,
  directory: undefined,
  name: 'rookery',
  token: undefined,
  codec: 'msgpack',
  timeoutMs: 5_000,
  connectTimeoutMs: 3_000,
  reconnect: Object.freeze({ minMs: 50, maxMs: 5_000 }),
  availabilityWaitMs: 1_000,
  limits: resolveTransportOptions({}),
});

/** The only place where RpcChannelOptions are made. @throws {OptionsError} with every problem. */
export function resolveRpcChannelOptions(given: RpcChannelSettings): RpcChannelOptions {
  const { limits, ...rest } = given;
  const options = { ...defaults, ...withoutAbsent(rest), limits: resolveTransportOptions(limits ?? {}) };
  const problems: OptionProblem[] = [];
  const check = (path: keyof RpcChannelOptions, isRight: boolean, problem: string) => {
    if (!isRight) problems.push({ path, problem });
  };
  const hasOneTarget = (options.address === undefined) !== (options.service === undefined);
  check('address', hasOneTarget, 'exactly one of address and service must be set');
  const hasDirectory = options.service === undefined || options.directory !== undefined;
  check('directory', hasDirectory, 'is needed to find a service');
  check('codec', ['raw', 'json', 'msgpack'].includes(options.codec), `${options.codec} is not raw, json or msgpack`);
  check('timeoutMs', options.timeoutMs > 0, `${options.timeoutMs} is not above 0`);
  check('connectTimeoutMs', options.connectTimeoutMs > 0, `${options.connectTimeoutMs} is not above 0`);
  check('availabilityWaitMs', options.availabilityWaitMs >= 0, `${options.availabilityWaitMs} is not a number of ms`);
  const { minMs, maxMs } = options.reconnect;
  check('reconnect', minMs > 0 && maxMs >= minMs, `${minMs} to ${maxMs} ms is not a range above 0`);
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze(options);
}
