import { type FileHandle, type FileSystem, FileSystemError, type OpenMode } from '../file-system.js';

/** A file system under test and an empty directory on it. */
export interface FileSystemUnderTest {
  readonly files: FileSystem;
  /** Absolute, without a slash at the end. */
  readonly directory: string;
  dispose(): Promise<void>;
}

/** What every FileSystem does. Runs in Jest; `make` is called before each test. */
export function describeFileSystem(name: string, make: () => Promise<FileSystemUnderTest>): void {
  describe(`${name} as a FileSystem`, () => {
    let world: FileSystemUnderTest;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.dispose());
    const context: Context = {
      files: () => world.files,
      path: (file) => `${world.directory}/${file}`,
      open: (file, mode = { access: 'create' }) => world.files.open(`${world.directory}/${file}`, mode),
    };
    describeOpen(context);
    describeReadAndWrite(context);
    describeManyChunks(context);
    describeNames(context);
    describeLocks(context);
  });
}

interface Context {
  files(): FileSystem;
  path(file: string): string;
  open(file: string, mode?: OpenMode): Promise<FileHandle>;
}

function describeOpen({ files, path, open }: Context): void {
  it.each(['read', 'write'] as const)('open for %s does not make a missing file', async (access) => {
    expect(await codeOf(open('missing', { access }))).toBe('not-found');
    expect(await files().sizeBytes(path('missing'))).toBeUndefined();
  });

  it('create-new refuses a file that exists', async () => {
    await (await open('a', { access: 'create-new' })).close();
    expect(await codeOf(open('a', { access: 'create-new' }))).toBe('exists');
  });

  it('a file is not made in a missing directory', async () => {
    expect(await codeOf(open('no/such/a'))).toBe('not-found');
  });

  it('an error names the operation and the path', async () => {
    await expect(open('missing', { access: 'read' })).rejects.toThrow(`open ${path('missing')}`);
  });

  it('a write through a handle opened for reading is denied', async () => {
    await (await open('a')).close();
    const handle = await open('a', { access: 'read' });
    expect(await codeOf(handle.write([Buffer.from('x')], 0))).toBe('denied');
    await handle.close();
  });

  it('a directory cannot be opened for writing', async () => {
    await files().makeDirectory(path('d'));
    expect(await codeOf(open('d'))).toBe('denied');
  });
}

function describeReadAndWrite({ files, path, open }: Context): void {
  it.each([false, true])('bytes written in chunks are read back (syncWrites %s)', async (syncWrites) => {
    const handle = await open('a', { access: 'create', syncWrites });
    expect(await handle.write([Buffer.from('abc'), Buffer.from(''), Buffer.from('defg')], 2)).toBe(7);
    await handle.sync();
    expect(await text(handle)).toBe('\0\0abcdefg');
    expect(await handle.sizeBytes()).toBe(9);
    await handle.close();
    expect(await files().sizeBytes(path('a'))).toBe(9);
  });

  it('a read is short only at the end of the file', async () => {
    const handle = await open('a');
    await handle.write([Buffer.from('abcdef')], 0);
    const target = Buffer.alloc(4);
    expect(await handle.read(target, 4)).toBe(2);
    expect(target.subarray(0, 2).toString()).toBe('ef');
    expect(await handle.read(target, 6)).toBe(0);
    expect(await handle.read(target, 100)).toBe(0);
    expect(await handle.read(Buffer.alloc(0), 0)).toBe(0);
    await handle.close();
  });

  it('a write over old bytes replaces only its own range', async () => {
    const handle = await open('a');
    await handle.write([Buffer.from('0123456789')], 0);
    await handle.write([Buffer.from('ab'), Buffer.from('c')], 3);
    expect(await text(handle)).toBe('012abc6789');
    await handle.close();
  });

  it('two handles see the same file', async () => {
    const [writer, reader] = [await open('a'), await open('a', { access: 'create' })];
    await writer.write([Buffer.from('abc')], 0);
    expect(await text(reader)).toBe('abc');
    await writer.close();
    await reader.close();
  });

  it('truncate cuts, and extends with zeros over what was cut', async () => {
    const handle = await open('a');
    await handle.write([Buffer.from('abcdef')], 0);
    await handle.truncate(2);
    await handle.truncate(4);
    expect(await text(handle)).toBe('ab\0\0');
    await handle.close();
  });

  it('writing nothing writes nothing', async () => {
    const handle = await open('a');
    expect(await handle.write([], 10)).toBe(0);
    expect(await handle.sizeBytes()).toBe(0);
    await handle.close();
  });

  it('a closed handle must not be used', async () => {
    const handle = await open('a');
    await handle.close();
    await expect((async () => handle.write([Buffer.from('x')], 0))()).rejects.toThrow('used after close');
    await expect((async () => handle.read(Buffer.alloc(1), 0))()).rejects.toThrow('used after close');
    await expect((async () => handle.close())()).rejects.toThrow('used after close');
  });
}

function describeManyChunks({ open }: Context): void {
  it.each([1023, 1024, 1025, 5000])('%d chunks are one write, in order', async (count) => {
    const handle = await open('a');
    const chunks = Array.from({ length: count }, (_, index) => Buffer.from(`${index},`));
    const whole = Buffer.concat(chunks);
    expect(await handle.write(chunks, 0)).toBe(whole.length);
    expect(await text(handle)).toBe(whole.toString());
    await handle.close();
  });
}

function describeNames({ files, path, open }: Context): void {
  const make = async (file: string, contents: string) => {
    const handle = await open(file);
    await handle.write([Buffer.from(contents)], 0);
    await handle.close();
  };

  it('makeDirectory makes missing parents and may be repeated', async () => {
    await files().makeDirectory(path('x/y/z'));
    await files().makeDirectory(path('x/y/z'));
    expect(await files().list(path('x/y'))).toEqual(['z']);
  });

  it('makeDirectory refuses the name of a file', async () => {
    await make('a', '');
    expect(await codeOf(files().makeDirectory(path('a')))).toBe('exists');
  });

  it('list is sorted', async () => {
    for (const name of ['b', 'a', '10', '9', 'C']) await make(name, '');
    expect(await files().list(path('.'))).toEqual(['10', '9', 'C', 'a', 'b']);
    expect(await codeOf(files().list(path('missing')))).toBe('not-found');
  });

  it('rename replaces the target', async () => {
    await make('a', 'new');
    await make('b', 'old one');
    await files().rename(path('a'), path('b'));
    expect(await files().list(path('.'))).toEqual(['b']);
    expect(await files().sizeBytes(path('b'))).toBe(3);
    expect(await codeOf(files().rename(path('a'), path('b')))).toBe('not-found');
  });

  it('remove takes files and empty directories', async () => {
    await files().makeDirectory(path('d'));
    await make('d/a', 'x');
    expect(await codeOf(files().remove(path('d')))).toBe('exists');
    await files().remove(path('d/a'));
    await files().remove(path('d'));
    expect(await files().list(path('.'))).toEqual([]);
    expect(await codeOf(files().remove(path('d')))).toBe('not-found');
  });

  it('an open file outlives its name', async () => {
    const handle = await open('a');
    await handle.write([Buffer.from('abc')], 0);
    await files().remove(path('a'));
    expect(await text(handle)).toBe('abc');
    await handle.close();
  });

  it('a directory and a missing file have no size', async () => {
    await files().makeDirectory(path('d'));
    expect(await files().sizeBytes(path('d'))).toBeUndefined();
    expect(await files().sizeBytes(path('missing'))).toBeUndefined();
  });

  it('syncDirectory wants a directory', async () => {
    await files().syncDirectory(path('.'));
    expect(await codeOf(files().syncDirectory(path('missing')))).toBe('not-found');
  });

  it('free space is part of the whole', async () => {
    const { freeBytes, totalBytes } = await files().space(path('.'));
    expect(freeBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  });
}

function describeLocks({ files, path }: Context): void {
  it('a lock is exclusive until it is released', async () => {
    const lock = await files().lock(path('LOCK'));
    expect(await codeOf(files().lock(path('LOCK')))).toBe('locked');
    await lock.release();
    await lock.release();
    const again = await files().lock(path('LOCK'));
    expect(await codeOf(files().lock(path('LOCK')))).toBe('locked');
    await again.release();
  });

  it('locks on different files are independent', async () => {
    const [a, b] = [await files().lock(path('A')), await files().lock(path('B'))];
    await a.release();
    expect(await codeOf(files().lock(path('B')))).toBe('locked');
    await b.release();
  });
}

async function text(handle: FileHandle): Promise<string> {
  const target = Buffer.alloc(await handle.sizeBytes());
  return target.toString('latin1', 0, await handle.read(target, 0));
}

/** The code that `operation` failed with, or 'no error'. */
async function codeOf(operation: Promise<unknown>): Promise<string> {
  try {
    await operation;
    return 'no error';
  } catch (error) {
    if (error instanceof FileSystemError) return error.code;
    throw error;
  }
}
