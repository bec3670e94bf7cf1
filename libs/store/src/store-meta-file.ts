import type { FileSystem } from '#platform';
import { StoreError } from './store-error.js';
import { readStoreMeta, STORE_META_BYTES, type StoreMeta, writeStoreMeta } from './store-meta.format.js';

/** The meta of `dataDir`, or undefined if there is none. @throws {StoreError} 'damaged', 'newer-format' */
export async function loadStoreMeta(files: FileSystem, dataDir: string): Promise<StoreMeta | undefined> {
  const path = `${dataDir}/meta`;
  if ((await files.sizeBytes(path)) === undefined) return undefined;
  const handle = await files.open(path, { access: 'read' });
  try {
    const bytes = Buffer.alloc(STORE_META_BYTES);
    return readStoreMeta(bytes.subarray(0, await handle.read(bytes, 0)), path);
  } finally {
    await handle.close();
  }
}

/** Replaces the meta of `dataDir`, durably. */
export async function saveStoreMeta(files: FileSystem, dataDir: string, meta: StoreMeta): Promise<void> {
  const handle = await files.open(`${dataDir}/meta.tmp`, { access: 'create' });
  try {
    const bytes = writeStoreMeta(meta);
    const written = await handle.write([bytes], 0);
    if (written !== bytes.length)
      throw new StoreError('disk-full', `wrote ${written} of ${bytes.length} bytes of ${dataDir}/meta.tmp`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await files.rename(`${dataDir}/meta.tmp`, `${dataDir}/meta`);
  await files.syncDirectory(dataDir);
}
