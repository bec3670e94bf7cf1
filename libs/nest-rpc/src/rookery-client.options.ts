import type { Deserializer, Serializer } from '@nestjs/microservices';
import { type OptionProblem, OptionsError, type SocketAddress } from '#platform';
import { type CodecName, type Duration, parseRookeryUrl, tryDurationMs } from '#rpc';
import type { RegistrySettings } from './registry-connection.js';

/** What may be given to `new RookeryClient(...)`: `url`, or `service` and `registry`. */
export interface RookeryClientOptions {
  /** `rookery://host:port` of one server. */
  readonly url?: string | undefined;
  /** Name of a service; calls spread over its instances. */
  readonly service?: string | undefined;
  readonly registry?: RegistrySettings | undefined;
  /** How payloads become bytes; default JSON, as in Nest's own transports. */
  readonly codec?: CodecName | undefined;
  /** Shared secret presented to the server. */
  readonly auth?: { readonly token: string } | undefined;
  /** Whole time of a call; default 5 s, `Infinity` = none. Streams count as one call. */
  readonly timeout?: Duration | undefined;
  /** Nest's own extension points: called for every message when given, skipped when not. */
  readonly serializer?: Serializer | undefined;
  readonly deserializer?: Deserializer | undefined;
}

/** The same, checked. */
export interface ResolvedClientOptions {
  /** Undefined = by service. */
  readonly address: SocketAddress | undefined;
  readonly service: string | undefined;
  readonly registry: RegistrySettings | undefined;
  readonly codec: CodecName;
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly serializer: Serializer | undefined;
  readonly deserializer: Deserializer | undefined;
}

/** The only place a ResolvedClientOptions is made. Names every problem at once. @throws {OptionsError} */
export function resolveRookeryClientOptions(given: RookeryClientOptions): ResolvedClientOptions {
  const problems: OptionProblem[] = [];
  const { url, service, registry, auth, serializer, deserializer } = given;
  if ((url === undefined) === (service === undefined)) {
    problems.push({ path: 'client', problem: "give either 'url', or 'service' and 'registry'" });
  }
  if (service !== undefined && registry === undefined) {
    problems.push({ path: 'client.registry', problem: `is needed to find the service '${service}'` });
  }
  const address = url === undefined ? undefined : addressOf(url, 'client.url', problems);
  if (registry !== undefined) addressOf(registry.url, 'client.registry.url', problems);
  const timeoutMs = tryDurationMs(given.timeout ?? '5s') ?? 0;
  if (timeoutMs === 0) {
    problems.push({
      path: 'client.timeout',
      problem: `${String(given.timeout)} is not a time above 0; for example '5s'`,
    });
  }
  if (problems.length > 0) throw new OptionsError(problems);
  const codec = given.codec ?? 'json';
  return Object.freeze({ address, service, registry, codec, token: auth?.token, timeoutMs, serializer, deserializer });
}

function addressOf(url: string, path: string, problems: OptionProblem[]): SocketAddress | undefined {
  try {
    return parseRookeryUrl(url, path);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
