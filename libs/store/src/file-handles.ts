import type { FileHandle, FileSystem } from '#platform';

interface OpenFile {
  readonly handle: Promise<FileHandle>;
  /** Operations that use it now; only idle files are closed. */
  useCount: number;
}

/** Open files by path, at most `countMax` of them idle: the one unused for longest is closed first. */
export class FileHandles {
  /** In order of last use: a Map keeps the order of insertion. */
  private readonly open = new Map<string, OpenFile>();

  constructor(
    private readonly files: FileSystem,
    private readonly access: 'read' | 'create',
    private readonly countMax: number,
  ) {}

  /** Runs `task` on the file at `path`, opened if need be. Rejects as `open` or the task does. */
  async use<T>(path: string, task: (handle: FileHandle) => Promise<T>): Promise<T> {
    const file = this.open.get(path) ?? { handle: this.files.open(path, { access: this.access }), useCount: 0 };
    this.open.delete(path);
    this.open.set(path, file);
    file.useCount += 1;
    try {
      return await task(await file.handle);
    } catch (error) {
      // A file that could not be opened, or failed, is opened anew by whoever asks next.
      if (this.open.get(path) === file && file.useCount === 1) await this.forget(path, file);
      throw error;
    } finally {
      file.useCount -= 1;
      if (this.open.size > this.countMax) await this.closeIdle();
    }
  }

  /** Closes every file. Nobody may use one any more. */
  async close(): Promise<void> {
    for (const [path, file] of [...this.open]) await this.forget(path, file);
  }

  private async closeIdle(): Promise<void> {
    for (const [path, file] of this.open) {
      if (this.open.size <= this.countMax) return;
      if (file.useCount === 0) await this.forget(path, file);
    }
  }

  private async forget(path: string, file: OpenFile): Promise<void> {
    this.open.delete(path);
    const handle = await file.handle.catch(() => undefined);
    await handle?.close();
  }
}
