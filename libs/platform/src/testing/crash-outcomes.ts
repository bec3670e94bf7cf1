import { FileSystemError } from '../file-system.js';
import { MemoryFileSystem, type MemoryFileSystemOptions } from '../simulated/memory-file-system.js';
import { SeededRandom } from '../simulated/seeded-random.js';

/** A memory file system from a seed. */
export function memoryFiles(seed: number | string = 1, options: MemoryFileSystemOptions = {}): MemoryFileSystem {
  return new MemoryFileSystem(new SeededRandom(seed), options);
}

/** Writes `contents` to a file of the root directory and makes them durable, the file's name only if asked. */
export async function writeFile(
  files: MemoryFileSystem,
  path: string,
  contents: string,
  name: 'durable' | 'not durable',
): Promise<void> {
  const handle = await files.open(path, { access: 'create' });
  await handle.write([Buffer.from(contents)], 0);
  await handle.sync();
  await handle.close();
  if (name === 'durable') await files.syncDirectory('/');
}

/** The bytes of a file as latin1 text, past all operations and faults. */
export function contentsOf(files: MemoryFileSystem, path: string): string | undefined {
  return files.disk.snapshot().get(path)?.toString('latin1');
}

/** The different disks that a hundred seeds leave after `history` and a power cut, each as `/path=bytes` in the order of the paths. */
export async function crashOutcomes(history: (files: MemoryFileSystem) => Promise<void>): Promise<string[]> {
  const seen = new Set<string>();
  for (let seed = 0; seed < 100; seed++) {
    const files = memoryFiles(seed);
    await history(files);
    files.crash();
    seen.add([...files.disk.snapshot()].map(([path, bytes]) => `${path}=${bytes}`).join(' '));
  }
  return [...seen].sort();
}

/** The code of the FileSystemError that `operation` rejects with, or 'no error'. */
export async function fileErrorCode(operation: Promise<unknown>): Promise<string> {
  try {
    await operation;
    return 'no error';
  } catch (error) {
    if (error instanceof FileSystemError) return error.code;
    throw error;
  }
}
