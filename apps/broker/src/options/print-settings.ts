import type { GatheredSettings } from './gather-settings.js';
import type { Setting, SettingKind, SettingValue } from './setting.js';

/** What `printSettings` shows. */
export interface PrintWishes {
  /** Also what is in force by default; else only what was given. */
  readonly effective: boolean;
  /** Behind each value, where it came from. */
  readonly origin: boolean;
}

/** Settings, one `path: value` a line: YAML that can be used as a config file, but secrets are masked. */
export function printSettings(settings: readonly Setting[], gathered: GatheredSettings, wishes: PrintWishes): string {
  const lines: string[] = [];
  let group = '';
  for (const { path, isSecret } of settings) {
    const { value, origin } = gathered.values.get(path) ?? { value: undefined, origin: 'default' };
    if (!wishes.effective && origin === 'default') continue;
    const [head, name] = path.includes('.') ? path.split('.', 2) : ['', path];
    if (head !== group && head !== '') lines.push(`${head}:`);
    group = head ?? '';
    const shown = value === undefined ? 'null' : isSecret ? '"********"' : JSON.stringify(value);
    const comment = wishes.origin ? `  # ${origin}` : '';
    lines.push(`${head === '' ? '' : '  '}${name}: ${shown}${comment}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The help text's table of options. */
export function describeSettings(settings: readonly Setting[]): string {
  const config = ['--config <path>', 'config file (default rookery.config.{yaml,yml,json} in this directory)'] as const;
  const rows = [
    config,
    ...settings.map(({ flag, env, kind, defaultValue, description }) => {
      const left = flag === undefined ? `(${env} only)` : kind === 'flag' ? flag : `${flag} <${kind}>`;
      const shown = defaultValue === undefined ? '' : ` (default ${readable(kind, defaultValue)})`;
      return [left, `${description}${shown}`] as const;
    }),
  ];
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('');
}

const SIZES = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;
const TIMES = [
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** A default as one would write it: in the largest unit that it is a whole number of. */
function readable(kind: SettingKind, value: SettingValue): string {
  const units = kind === 'size' ? SIZES : kind === 'duration' ? TIMES : [];
  const unit = units.find(([, factor]) => typeof value === 'number' && value >= factor && value % factor === 0);
  return unit === undefined ? String(value) : `${Number(value) / unit[1]}${unit[0]}`;
}
