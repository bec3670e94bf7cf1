/** How a setting is written: `duration` is ms or `10s`, `size` is bytes or `256MiB`, `flag` is true or false, `text` anything. */
export type SettingKind = 'text' | 'number' | 'duration' | 'size' | 'flag';

/** What a setting may hold once it is understood. */
export type SettingValue = string | number | boolean;

/** One thing that can be set by flag, environment or file. */
export interface Setting {
  /** Where it stands in a config file, for example `store.segmentBytes`. */
  readonly path: string;
  readonly kind: SettingKind;
  /** For example `--store-segment-bytes`; undefined = not by flag, as secrets would show in the list of processes. */
  readonly flag: string | undefined;
  /** For example `ROOKERY_STORE_SEGMENT_BYTES`. */
  readonly env: string;
  readonly isSecret: boolean;
  readonly defaultValue: SettingValue | undefined;
  readonly description: string;
}

/** What a setting's author says; names of flag and variable follow from the path. */
export interface SettingSketch {
  readonly path: string;
  readonly kind: SettingKind;
  readonly defaultValue?: SettingValue | undefined;
  readonly isSecret?: boolean;
  readonly description: string;
}

/** The whole setting: `mq.queueCount` is `--mq-queue-count` and `ROOKERY_MQ_QUEUE_COUNT`. */
export function setting(sketch: SettingSketch): Setting {
  const words = sketch.path
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('.', '-')
    .toLowerCase();
  const isSecret = sketch.isSecret === true;
  return Object.freeze({
    ...sketch,
    isSecret,
    defaultValue: sketch.defaultValue,
    flag: isSecret ? undefined : `--${words}`,
    env: `ROOKERY_${words.replaceAll('-', '_').toUpperCase()}`,
  });
}

/**
 * One setting for each number, flag and text of a library's defaults, under `prefix`; `meanings` has a line for each.
 * What cannot be written as text is left out.
 */
export function settingsOfDefaults<Defaults extends object>(
  prefix: string,
  defaults: Defaults,
  meanings: { readonly [K in keyof Defaults]: string },
): Setting[] {
  const settings: Setting[] = [];
  for (const [name, value] of Object.entries(defaults)) {
    const kind = kindOf(name, value);
    if (kind === undefined) continue;
    // The names of `meanings` are those of `defaults` by type.
    const description = meanings[name as keyof Defaults];
    settings.push(setting({ path: `${prefix}.${name}`, kind, defaultValue: value, description }));
  }
  return settings;
}

/** The value that `given` means, or what is wrong with it. `given` is text from a flag or the environment, anything from a file. */
export function understand(kind: SettingKind, given: unknown): { value: SettingValue } | { problem: string } {
  switch (kind) {
    case 'text':
      return typeof given === 'string' && given !== '' ? { value: given } : { problem: `${show(given)} is not a text` };
    case 'flag':
      return understandFlag(given);
    case 'number':
      return understandNumber(given, {}, 'a number');
    case 'duration':
      return understandNumber(given, DURATIONS, 'a time such as 250ms, 30s or 5m');
    case 'size':
      return understandNumber(given, SIZES, 'a size such as 65536, 64KiB or 256MiB');
  }
}

const DURATIONS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, kB: 1e3, MB: 1e6, GB: 1e9 };

function understandFlag(given: unknown): { value: boolean } | { problem: string } {
  if (typeof given === 'boolean') return { value: given };
  if (given === 'true' || given === '1' || given === 'yes') return { value: true };
  if (given === 'false' || given === '0' || given === 'no') return { value: false };
  return { problem: `${show(given)} is neither true nor false` };
}

function understandNumber(
  given: unknown,
  units: Record<string, number>,
  wanted: string,
): { value: number } | { problem: string } {
  if (typeof given === 'number' && Number.isFinite(given)) return { value: given };
  const match = typeof given === 'string' ? /^(-?\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(given.trim()) : null;
  const unit = match?.[2] ?? '';
  const factor = unit === '' ? 1 : units[unit];
  if (match === null || factor === undefined) return { problem: `${show(given)} is not ${wanted}` };
  return { value: Number(match[1]) * factor };
}

function kindOf(name: string, value: unknown): SettingKind | undefined {
  if (typeof value === 'boolean') return 'flag';
  if (typeof value === 'string') return 'text';
  if (typeof value !== 'number') return undefined;
  if (/Ms(Min|Max)?$/.test(name)) return 'duration';
  return /Bytes(Min|Max)?$/.test(name) ? 'size' : 'number';
}

function show(given: unknown): string {
  const text = typeof given === 'string' ? JSON.stringify(given) : String(given);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
