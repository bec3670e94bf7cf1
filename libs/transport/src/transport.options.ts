import { type OptionProblem, OptionsError } from '#platform';

/** Limits and times of every connection of one listener or channel. */
export interface TransportOptions {
  /** Longest frame body taken, in bytes. */
  readonly frameBytesMax: number;
  /** Most calls in flight on one connection; more are refused. */
  readonly inFlightCountMax: number;
  /** Most payload bytes of the calls in flight on one connection, as they came; more are refused, but one call alone is always taken. */
  readonly inFlightBytesMax: number;
  /** Most bytes that wait for a slow reader; at twice as many the connection is dropped. */
  readonly outboundBytesMax: number;
  /** Most connections of a listener; more are closed at once. */
  readonly connectionCountMax: number;
  /** A ping is sent after this long without a byte from the peer. */
  readonly heartbeatMs: number;
  /** The peer is dead this long after the ping, still without a byte. */
  readonly heartbeatDeadMs: number;
  /** The greeting must be done within this time. */
  readonly greetingTimeoutMs: number;
  /** A frame that has begun must be complete within this time. */
  readonly halfFrameTimeoutMs: number;
  /** A peer that takes no byte of what waits for it is dropped after this time. */
  readonly stallTimeoutMs: number;
  /** First window of every stream this side receives. */
  readonly windowCount: number;
  readonly windowBytes: number;
}

/** The limits that hold unless others are given. */
export const transportDefaults: TransportOptions = Object.freeze({
  frameBytesMax: 16 * 1024 ** 2,
  inFlightCountMax: 10_000,
  inFlightBytesMax: 128 * 1024 ** 2,
  outboundBytesMax: 64 * 1024 ** 2,
  connectionCountMax: 10_000,
  heartbeatMs: 10_000,
  heartbeatDeadMs: 4_000,
  greetingTimeoutMs: 5_000,
  halfFrameTimeoutMs: 30_000,
  stallTimeoutMs: 30_000,
  windowCount: 64,
  windowBytes: 256 * 1024,
});

/** Any part of the limits. */
export type TransportSettings = { readonly [K in keyof TransportOptions]?: TransportOptions[K] | undefined };

/** The only place where TransportOptions are made. Every problem is named, below `path`. @throws {OptionsError} */
export function resolveTransportOptions(given: TransportSettings, path = 'limits'): TransportOptions {
  const problems: OptionProblem[] = [];
  const options = { ...transportDefaults };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!(name in transportDefaults)) problems.push({ path: `${path}.${name}`, problem: 'is not an option' });
    else if (!isCount(value)) {
      problems.push({ path: `${path}.${name}`, problem: `${String(value)} is not a whole number from 1 to 2^31 - 1` });
    } else {
      // The name was just found among the options, all of which are numbers.
      options[name as keyof TransportOptions] = value as never;
    }
  }
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze(options);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value < 2 ** 31;
}
