import type { Deserializer, Serializer } from '@nestjs/microservices';
import { type OptionProblem, OptionsError } from '#platform';
import {
  type CodecName,
  type Duration,
  type Metadata,
  parseRookeryUrl,
  type RpcServerSettings,
  tryDurationMs,
} from '#rpc';
import type { RegistrySettings } from './registry-connection.js';

/** How the name server lists this process. */
export interface ServiceSettings {
  readonly name: string;
  readonly version?: string | undefined;
  /** Share of traffic relative to the other instances, 0 to 10 000; default 100. 0 = drained. */
  readonly weight?: number | undefined;
  readonly metadata?: Metadata | undefined;
  /** The host that others reach this one at; default: the host it listens on. Needed when that is 0.0.0.0 or ::. */
  readonly advertisedHost?: string | undefined;
}

/** What may be given to `new RookeryServer(...)`. */
export interface RookeryServerOptions {
  /** Default 127.0.0.1: reachable from other machines only when asked for. */
  readonly host?: string | undefined;
  /** Default 0 = any free port; `server.address()` tells which. */
  readonly port?: number | undefined;
  /** A Unix socket instead of host and port. */
  readonly path?: string | undefined;
  /** Registers this process once it listens. Contracts served here are registered under their own names too. */
  readonly service?: ServiceSettings | undefined;
  readonly registry?: RegistrySettings | undefined;
  /** Shared secret that every client must present. */
  readonly auth?: { readonly token: string } | undefined;
  /** Codec of answers to calls whose payload was raw bytes; every other answer uses the codec of its call. */
  readonly codec?: CodecName | undefined;
  /** Bounds of connections, frames and calls in flight; absent ones have the defaults of the RPC server. */
  readonly limits?: RookeryServerLimits | undefined;
  /** How long `close()` waits for running handlers; default 10 s. */
  readonly shutdownTimeout?: Duration | undefined;
  /** Nest's own extension points: called for every message when given, skipped when not. */
  readonly serializer?: Serializer | undefined;
  readonly deserializer?: Deserializer | undefined;
  /** Set by `connectRookery`: this microservice uses the HTTP application's global filters. */
  readonly inheritsAppConfig?: boolean | undefined;
}

/** The bounds of one server's connections: frame sizes, calls in flight, credits, heartbeats. */
export type RookeryServerLimits = NonNullable<RpcServerSettings['limits']>;

/** The parts of the options that have a default, resolved. */
export interface ResolvedServerOptions {
  readonly given: RookeryServerOptions;
  readonly settings: RpcServerSettings;
}

/** Checks what only this layer knows; the RPC server checks its own. Names every problem at once. @throws {OptionsError} */
export function resolveRookeryServerOptions(given: RookeryServerOptions): ResolvedServerOptions {
  const problems: OptionProblem[] = [];
  const drainTimeoutMs = tryDurationMs(given.shutdownTimeout ?? '10s');
  if (drainTimeoutMs === undefined) {
    problems.push({
      path: 'server.shutdownTimeout',
      problem: `${String(given.shutdownTimeout)} is not a duration; write '10s'`,
    });
  }
  const weight = given.service?.weight ?? 100;
  if (!Number.isInteger(weight) || weight < 0 || weight > 10_000) {
    problems.push({ path: 'server.service.weight', problem: `${weight} is not a whole number in 0..10000` });
  }
  if (given.registry !== undefined) problems.push(...registryProblems(given.registry));
  if (problems.length > 0) throw new OptionsError(problems);
  const { host, port, path, auth, service, limits } = given;
  const settings = {
    limits,
    host,
    port,
    path,
    codec: given.codec,
    token: auth?.token,
    name: service?.name,
    drainTimeoutMs,
  };
  return Object.freeze({ given: Object.freeze({ ...given }), settings: withoutUndefined(settings) });
}

function registryProblems(registry: RegistrySettings): readonly OptionProblem[] {
  try {
    parseRookeryUrl(registry.url, 'server.registry.url');
    return [];
  } catch (error) {
    if (error instanceof OptionsError) return error.problems;
    throw error;
  }
}

/** Absent means "the default of the layer below", so absent keys must not overwrite it. */
function withoutUndefined<T extends object>(settings: T): T {
  // True: only keys without a value are left out, and every key is optional below.
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T;
}
