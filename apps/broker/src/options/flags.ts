import { parseArgs } from 'node:util';
import type { Setting } from './setting.js';

/** A command line, read by the settings it may name. */
export interface Flags {
  /** Text given by flag name (`--port`); true and false for `--x` and `--no-x` of a setting that is a flag. */
  readonly given: ReadonlyMap<string, string | boolean>;
  readonly problems: readonly { readonly path: string; readonly problem: string }[];
}

/** Flags that are no settings: they say what to do, or where the settings are. */
const COMMANDS: readonly { readonly flag: string; readonly isSwitch: boolean }[] = [
  { flag: '--config', isSwitch: false },
  { flag: '--help', isSwitch: true },
  { flag: '--version', isSwitch: true },
];

/** Reads `args`. Never throws: what is not understood becomes a problem each. */
export function readFlags(args: readonly string[], settings: readonly Setting[]): Flags {
  const switches = new Map<string, boolean>(COMMANDS.map(({ flag, isSwitch }) => [flag, isSwitch]));
  for (const { flag, kind } of settings) if (flag !== undefined) switches.set(flag, kind === 'flag');
  const options = Object.fromEntries(
    [...switches].map(([flag, isSwitch]) => [flag.slice(2), { type: isSwitch ? 'boolean' : 'string' } as const]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string | boolean>();
  const problems: { path: string; problem: string }[] = [];
  let unknownAt = -1;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      // What follows an unknown option is most likely its value: one mistake, one line.
      if (token.index !== unknownAt + 1)
        problems.push({ path: token.value, problem: 'is not an option; options start with --' });
      continue;
    }
    const problem = takeFlag(token.rawName, token.value, switches, given);
    if (problem !== undefined) problems.push({ path: token.rawName, problem });
    if (problem?.startsWith('is not an option') === true) unknownAt = token.index;
  }
  return { given, problems };
}

function takeFlag(
  name: string,
  value: string | undefined,
  switches: ReadonlyMap<string, boolean>,
  given: Map<string, string | boolean>,
): string | undefined {
  const positive = name.replace(/^--no-/, '--');
  const isSwitch = switches.get(name);
  if (isSwitch === undefined && switches.get(positive) === true && value === undefined) {
    given.set(positive, false);
    return undefined;
  }
  if (isSwitch === undefined) return `is not an option${hint(name, [...switches.keys()])}`;
  if (!isSwitch && value === undefined) return 'needs a value';
  if (given.has(name)) return 'is given twice';
  given.set(name, value ?? true);
  return undefined;
}

/** `; did you mean --port?` when a known name is at most two letters away. */
export function hint(name: string, known: readonly string[]): string {
  const [nearest] = known
    .map((each) => ({ each, distance: editDistance(name, each) }))
    .filter(({ distance }) => distance <= 2)
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? '' : `; did you mean ${nearest.each}?`;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
