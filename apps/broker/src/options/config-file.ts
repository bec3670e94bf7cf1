import { parse as parseYaml } from 'yaml';
import { type FileSystem, FileSystemError } from '#platform';

const NAMES = ['rookery.config.yaml', 'rookery.config.yml', 'rookery.config.json'];
const FILE_BYTES_MAX = 1024 * 1024;

/** A config file as it was read: its name for messages, its content by dotted path. */
export interface ConfigFile {
  readonly name: string;
  readonly entries: ReadonlyMap<string, unknown>;
}

/**
 * The config file: the one named, or the one `rookery.config.*` in `directory`, or none.
 * Problems (missing, unreadable, not YAML or JSON, two at once) are answered as texts.
 */
export async function readConfigFile(
  files: FileSystem,
  directory: string,
  named: string | undefined,
): Promise<{ file: ConfigFile | undefined; problems: string[] }> {
  const found = named === undefined ? await existing(files, directory) : [named];
  const [path] = found;
  if (path === undefined) return { file: undefined, problems: [] };
  if (found.length > 1) return { file: undefined, problems: [`only one may exist: ${found.join(', ')}`] };
  try {
    const text = await readText(files, path);
    const value: unknown = path.endsWith('.json') ? JSON.parse(text) : parseYaml(text);
    if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
      return { file: undefined, problems: [`${path} does not hold options by name`] };
    }
    return { file: { name: path, entries: flatten(value ?? {}) }, problems: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { file: undefined, problems: [`${path} cannot be read: ${reason}`] };
  }
}

/** The text of a small file without a line end at its end: secrets, config. @throws {FileSystemError} */
export async function readText(files: FileSystem, path: string): Promise<string> {
  const handle = await files.open(path, { access: 'read' });
  try {
    // Not by the size: files that the kernel makes up, such as mounted secrets, may say 0.
    const target = Buffer.alloc(FILE_BYTES_MAX + 1);
    const size = await handle.read(target, 0);
    if (size > FILE_BYTES_MAX) throw new FileSystemError('io', `read ${path}: larger than ${FILE_BYTES_MAX} bytes`);
    return target.toString('utf8', 0, size).replace(/\r?\n$/, '');
  } finally {
    await handle.close();
  }
}

async function existing(files: FileSystem, directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of NAMES) {
    const path = directory === '.' ? name : `${directory}/${name}`;
    if ((await files.sizeBytes(path)) !== undefined) found.push(path);
  }
  return found;
}

function flatten(value: object, prefix = '', into = new Map<string, unknown>()): Map<string, unknown> {
  for (const [name, each] of Object.entries(value)) {
    const isGroup = typeof each === 'object' && each !== null && !Array.isArray(each);
    if (isGroup) flatten(each, `${prefix}${name}.`, into);
    else into.set(`${prefix}${name}`, each);
  }
  return into;
}
