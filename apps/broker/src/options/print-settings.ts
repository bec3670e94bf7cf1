import type { GatheredSettings } from './gather-settings.js';
import type { Setting } from './setting.js';

/** The settings in force, one `path: value` a line (YAML that can be used as a config file); secrets are masked. `origin` adds where each came from. */
export function printSettings(settings: readonly Setting[], gathered: GatheredSettings, withOrigin: boolean): string {
  const lines: string[] = [];
  let group = '';
  for (const { path, isSecret } of settings) {
    const [head, name] = path.includes('.') ? path.split('.', 2) : ['', path];
    if (head !== group && head !== '') lines.push(`${head}:`);
    group = head ?? '';
    const { value, origin } = gathered.values.get(path) ?? { value: undefined, origin: 'default' };
    const shown = value === undefined ? 'null' : isSecret ? '"********"' : JSON.stringify(value);
    const comment = withOrigin ? `  # ${origin}` : '';
    lines.push(`${head === '' ? '' : '  '}${name}: ${shown}${comment}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The help text's table of options. */
export function describeSettings(settings: readonly Setting[]): string {
  const rows = settings.map(({ flag, env, kind, defaultValue, description }) => {
    const left = flag === undefined ? `(${env} only)` : kind === 'flag' ? flag : `${flag} <${kind}>`;
    const shown = defaultValue === undefined ? '' : ` (default ${String(defaultValue)})`;
    return [left, `${description}${shown}`] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('');
}
