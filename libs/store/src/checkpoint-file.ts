import type { FileHandle, FileSystem } from '#platform';
import {
  CHECKPOINT_BYTES,
  CHECKPOINT_STRIDE_BYTES,
  type Checkpoint,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.format.js';
import { StoreError } from './store-error.js';

/** The file of the checkpoints: the newest readable generation counts, the next one overwrites the other. */
export class CheckpointFile {
  private generation = 0;

  private constructor(private readonly handle: FileHandle) {}

  /** Opens the file, made if missing. The caller syncs its directory. */
  static async open(files: FileSystem, path: string): Promise<CheckpointFile> {
    return new CheckpointFile(await files.open(path, { access: 'create' }));
  }

  /** The newest generation of `storeId` that can be read. */
  async newest(storeId: string): Promise<Checkpoint | undefined> {
    const bytes = Buffer.alloc(CHECKPOINT_STRIDE_BYTES + CHECKPOINT_BYTES);
    await this.handle.read(bytes, 0);
    const [first, second] = [readCheckpoint(bytes, 0), readCheckpoint(bytes, CHECKPOINT_STRIDE_BYTES)].filter(
      (each) => each?.storeId === storeId,
    );
    const newest =
      first !== undefined && second !== undefined && second.generation > first.generation ? second : (first ?? second);
    this.generation = newest?.generation ?? 0;
    return newest;
  }

  /** Writes the next generation and syncs it. @throws {StoreError} 'disk-full' when it could not be written as a whole; the older generation stays. */
  async write(checkpoint: Omit<Checkpoint, 'generation'>): Promise<void> {
    const generation = this.generation + 1;
    const bytes = writeCheckpoint({ ...checkpoint, generation });
    const written = await this.handle.write([bytes], (generation % 2) * CHECKPOINT_STRIDE_BYTES);
    if (written !== bytes.length)
      throw new StoreError('disk-full', `wrote ${written} of ${bytes.length} bytes of a checkpoint`);
    await this.handle.sync();
    this.generation = generation;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
