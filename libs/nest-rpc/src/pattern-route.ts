import { RpcError } from '#rpc';

/**
 * The route that a Nest pattern travels as: text as it is, anything else as JSON with sorted keys. Server and client share this
 * function, and nothing is cut off, so two patterns share a route only if they are equal. (Nest's own normaliser cuts at depth 5.)
 *
 * @throws {RpcError} INVALID_ARGUMENT when the pattern has no JSON form (a cycle, a bigint, a function)
 */
export function patternRoute(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern;
  try {
    const text = JSON.stringify(pattern, sortedKeys);
    if (text !== undefined) return text;
  } catch {
    // A cycle, a bigint, or a pattern deeper than the stack: refused below like everything else without a JSON form.
  }
  throw new RpcError('INVALID_ARGUMENT', 'a pattern must be text, a number, or an object with a JSON form', {
    executed: false,
  });
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (entries.length < 2) return value;
  // Null prototype: a key named __proto__ stays a key.
  const sorted: Record<string, unknown> = Object.create(null);
  for (const [key, each] of entries.sort(byKey)) sorted[key] = each;
  return sorted;
}

/** By code unit, not by locale: the two ends may run under different ones. */
function byKey(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return left[0] < right[0] ? -1 : 1;
}
