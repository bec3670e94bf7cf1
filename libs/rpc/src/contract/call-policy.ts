import { type OptionProblem, OptionsError } from '#platform';
import type { Metadata } from '../inbound-call.js';
import type { CallOptions, CodecName } from '../rpc-channel.js';
import { type Duration, tryDurationMs } from './duration.js';

/**
 * How a typed call is made. Four layers, the last that names a field wins: module defaults, contract, injection point, call.
 * Only `metadata` adds up (the last wins for each key).
 */
export interface CallPolicy {
  /** Whole time for the call; default 5 s. `Infinity` = no deadline. */
  readonly timeout?: Duration | undefined;
  /** How the payload becomes bytes; default: the channel's codec. */
  readonly codec?: Exclude<CodecName, 'raw'> | undefined;
  readonly metadata?: Metadata | undefined;
}

/** What one typed call may set. */
export interface TypedCallOptions extends CallPolicy {
  /** Cancels the call, at the server too. */
  readonly signal?: AbortSignal | undefined;
}

const KNOWN = new Set(['timeout', 'codec', 'metadata', 'signal']);

/**
 * The layers as one set of call options.
 *
 * @param path where the user wrote them, for the message
 * @throws {OptionsError} naming each field that is unknown or out of range
 */
export function resolveCallPolicy(layers: readonly (TypedCallOptions | undefined)[], path: string): CallOptions {
  const problems: OptionProblem[] = [];
  let resolved: CallOptions = {};
  for (const layer of layers) {
    if (layer !== undefined) resolved = { ...resolved, ...resolveLayer(layer, resolved, path, problems) };
  }
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze(resolved);
}

function resolveLayer(
  layer: TypedCallOptions,
  below: CallOptions,
  path: string,
  problems: OptionProblem[],
): CallOptions {
  for (const key of Object.keys(layer)) {
    if (!KNOWN.has(key))
      problems.push({ path: `${path}.${key}`, problem: `is not known; known: ${[...KNOWN].join(', ')}` });
  }
  return {
    ...(layer.timeout === undefined ? {} : { timeoutMs: timeoutMs(layer.timeout, path, problems) }),
    ...(layer.codec === undefined ? {} : { codec: layer.codec }),
    ...(layer.signal === undefined ? {} : { signal: layer.signal }),
    ...(layer.metadata === undefined ? {} : { metadata: { ...below.metadata, ...layer.metadata } }),
  };
}

function timeoutMs(given: Duration, path: string, problems: OptionProblem[]): number {
  const parsed = tryDurationMs(given);
  if (parsed !== undefined && parsed > 0) return parsed;
  problems.push({
    path: `${path}.timeout`,
    problem: `${JSON.stringify(given)} is not a time above 0; for example 300, '300ms', '30s'`,
  });
  return 0;
}
