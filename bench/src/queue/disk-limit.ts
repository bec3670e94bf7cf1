import { constants } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What the disk itself allows, measured the way the store writes: large vectored writes into a preallocated file, each synced. */
export interface DiskLimit {
  readonly megabytesPerSecond: number;
  readonly syncedWritesPerSecond: number;
}

const FILE_BYTES = 512 * 2 ** 20;
const GROUP_BYTES = 256 * 1024;
const SMALL_BYTES = 4096;

/** Measures in a scratch folder under `directory` for about `seconds`. */
export async function measureDiskLimit(directory: string, seconds: number): Promise<DiskLimit> {
  const scratch = await mkdtemp(join(directory, 'rookery-disk-'));
  try {
    const path = join(scratch, 'limit');
    await preallocate(path);
    const large = await writesPerSecond(path, GROUP_BYTES, seconds);
    const small = await writesPerSecond(path, SMALL_BYTES, seconds);
    return { megabytesPerSecond: (large * GROUP_BYTES) / 1e6, syncedWritesPerSecond: small };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function preallocate(path: string): Promise<void> {
  const file = await open(path, 'w');
  const zeros = Buffer.alloc(4 * 2 ** 20);
  for (let position = 0; position < FILE_BYTES; position += zeros.length)
    await file.write(zeros, 0, zeros.length, position);
  await file.sync();
  await file.close();
}

async function writesPerSecond(path: string, sizeBytes: number, seconds: number): Promise<number> {
  const file = await open(path, constants.O_RDWR | constants.O_DSYNC);
  const bytes = Buffer.alloc(sizeBytes, 7);
  const startedMs = performance.now();
  let count = 0;
  for (let position = 0; performance.now() - startedMs < seconds * 1000; count += 1) {
    await file.write(bytes, 0, sizeBytes, position);
    position = position + 2 * sizeBytes > FILE_BYTES ? 0 : position + sizeBytes;
  }
  const elapsedMs = performance.now() - startedMs;
  await file.close();
  return (count / elapsedMs) * 1000;
}
