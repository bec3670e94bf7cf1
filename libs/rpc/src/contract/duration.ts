import { OptionsError } from '#platform';

/** A length of time as users write it: a number of ms, or a number with its unit. Negative and unitless texts are refused. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * The duration in ms. `Infinity` is allowed and means "no limit" to those who accept it.
 *
 * @param path where the user wrote it, for the message
 * @throws {OptionsError} when it is negative, not a number, or its unit is unknown
 */
export function durationMs(given: Duration, path: string): number {
  const parsed = tryDurationMs(given);
  if (parsed !== undefined) return parsed;
  const shown = typeof given === 'string' ? `'${given}'` : String(given);
  throw new OptionsError([
    { path, problem: `${shown} is not a duration; write ms as a number, or '250ms', '30s', '5m', '2h', '1d'` },
  ]);
}

/** The same, or undefined when it is no duration: for options that gather all their problems. The value may come from an untyped file. */
export function tryDurationMs(given: unknown): number | undefined {
  if (typeof given === 'number') return given >= 0 ? given : undefined;
  const match = typeof given === 'string' ? DURATION.exec(given) : null;
  if (match === null) return undefined;
  const unitMs = UNIT_MS[match[2] ?? ''];
  return unitMs === undefined ? undefined : Number(match[1]) * unitMs;
}
