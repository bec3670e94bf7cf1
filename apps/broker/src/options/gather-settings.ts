import type { FileSystem, OptionProblem } from '#platform';
import { type ConfigFile, readConfigFile, readText } from './config-file.js';
import { hint, readFlags } from './flags.js';
import { type Setting, type SettingValue, understand } from './setting.js';

/** Everything outside the program that options come from. */
export interface SettingSources {
  /** The command line without the program's own name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: FileSystem;
  /** Where `rookery.config.*` is looked for. */
  readonly directory: string;
}

/** One value in force and where it came from: `flag --port`, `env ROOKERY_PORT`, `file rookery.config.yaml` or `default`. */
export interface GatheredValue {
  readonly value: SettingValue | undefined;
  readonly origin: string;
}

/** All settings of one start. */
export interface GatheredSettings {
  /** One entry for each setting, by path. */
  readonly values: ReadonlyMap<string, GatheredValue>;
  /** What was not understood; the path is the setting's, or the name as it was given. */
  readonly problems: readonly OptionProblem[];
  readonly wants: 'start' | 'help' | 'version';
}

interface Given {
  readonly origin: string;
  readonly raw: unknown;
}

/** The values in force: flag before environment before file before default. Nothing is thrown; all problems are in the answer. */
export async function gatherSettings(settings: readonly Setting[], sources: SettingSources): Promise<GatheredSettings> {
  const flags = readFlags(sources.args, settings);
  const named = flags.given.get('--config') ?? sources.env['ROOKERY_CONFIG'];
  const config = await readConfigFile(sources.files, sources.directory, typeof named === 'string' ? named : undefined);
  const problems: OptionProblem[] = flags.problems.map(({ path, problem }) => ({
    path,
    problem: `${problem} (command line)`,
  }));
  problems.push(...config.problems.map((problem) => ({ path: 'config file', problem })));
  problems.push(...unknownEntries(config.file, settings));
  const values = new Map<string, GatheredValue>();
  for (const each of settings) {
    const given = await firstGiven(each, flags.given, config.file, sources, problems);
    values.set(each.path, valueInForce(each, given, problems));
  }
  const wants = flags.given.has('--help') ? 'help' : flags.given.has('--version') ? 'version' : 'start';
  return { values, problems, wants };
}

function valueInForce(each: Setting, given: Given | undefined, problems: OptionProblem[]): GatheredValue {
  if (given === undefined) return { value: each.defaultValue, origin: 'default' };
  const understood = understand(each.kind, given.raw);
  if ('value' in understood) return { value: understood.value, origin: given.origin };
  const problem = each.isSecret ? 'is not a text' : understood.problem;
  problems.push({ path: each.path, problem: `${problem} (from ${given.origin})` });
  return { value: each.defaultValue, origin: given.origin };
}

async function firstGiven(
  each: Setting,
  flags: ReadonlyMap<string, string | boolean>,
  config: ConfigFile | undefined,
  sources: SettingSources,
  problems: OptionProblem[],
): Promise<Given | undefined> {
  const flag = each.flag === undefined ? undefined : flags.get(each.flag);
  if (flag !== undefined) return { origin: `flag ${each.flag}`, raw: flag };
  const text = sources.env[each.env];
  if (text !== undefined && text !== '') return { origin: `env ${each.env}`, raw: text };
  const secret = each.isSecret ? await secretFromFile(each, config, sources, problems) : undefined;
  if (secret !== undefined) return secret;
  if (config?.entries.has(each.path)) return { origin: `file ${config.name}`, raw: config.entries.get(each.path) };
  return undefined;
}

/** A secret may be named by the file that holds it: `ROOKERY_AUTH_TOKEN_FILE`, or `auth.tokenFile` in a config file. */
async function secretFromFile(
  each: Setting,
  config: ConfigFile | undefined,
  sources: SettingSources,
  problems: OptionProblem[],
): Promise<Given | undefined> {
  const fromEnv = sources.env[`${each.env}_FILE`];
  const path = fromEnv ?? config?.entries.get(`${each.path}File`);
  if (path === undefined || path === '') return undefined;
  const origin = fromEnv === undefined ? `file ${config?.name}, ${each.path}File` : `env ${each.env}_FILE`;
  try {
    return { origin, raw: await readText(sources.files, String(path)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push({ path: each.path, problem: `${reason} (from ${origin})` });
    return { origin, raw: 'unreadable' };
  }
}

function unknownEntries(config: ConfigFile | undefined, settings: readonly Setting[]): OptionProblem[] {
  if (config === undefined) return [];
  const known = settings.flatMap((each) => (each.isSecret ? [each.path, `${each.path}File`] : [each.path]));
  const unknown = [...config.entries.keys()].filter((path) => !known.includes(path));
  return unknown.map((path) => ({ path, problem: `is not an option${hint(path, known)} (from file ${config.name})` }));
}
