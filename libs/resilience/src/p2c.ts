import type { Random } from '#platform';

/**
 * Power of two choices: looks at two different random items and takes the one with less load; an equal load is decided by chance.
 * Undefined if there are none. Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing".
 */
export function pickLessLoaded<Item>(
  items: readonly Item[],
  loadOf: (item: Item) => number,
  random: Pick<Random, 'integer'>,
): Item | undefined {
  if (items.length < 2) return items[0];
  const first = random.integer(items.length);
  const other = random.integer(items.length - 1);
  const second = other < first ? other : other + 1;
  const a = items[first];
  const b = items[second];
  if (a === undefined || b === undefined) return a ?? b;
  // `first` is random already, so preferring it on a tie is fair.
  return loadOf(b) < loadOf(a) ? b : a;
}
