import { FileSystemError } from '../file-system.js';
import { describeFileSystem } from '../testing/describe-file-system.js';
import type { MemoryFileSystemOptions } from './memory-file-system.js';
import { MemoryFileSystem } from './memory-file-system.js';
import { SeededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

const make = (seed: number | string = 1, options: MemoryFileSystemOptions = {}) =>
  new MemoryFileSystem(new SeededRandom(seed), options);

describeFileSystem('MemoryFileSystem', async () => {
  const files = make();
  await files.makeDirectory('/data/dir');
  return { files, directory: '/data/dir', dispose: async () => {} };
});

/** Writes `contents` and makes the file durable, its name only if asked. */
async function writeFile(files: MemoryFileSystem, path: string, contents: string, name: 'durable' | 'not durable') {
  const handle = await files.open(path, { access: 'create' });
  await handle.write([Buffer.from(contents)], 0);
  await handle.sync();
  await handle.close();
  if (name === 'durable') await files.syncDirectory('/');
}

const contents = (files: MemoryFileSystem, path: string) => files.disk.snapshot().get(path)?.toString('latin1');

/** What a hundred seeds leave after `history` and a crash. */
async function outcomes(history: (files: MemoryFileSystem) => Promise<void>): Promise<string[]> {
  const seen = new Set<string>();
  for (let seed = 0; seed < 100; seed++) {
    const files = make(seed);
    await history(files);
    files.crash();
    seen.add([...files.disk.snapshot()].map(([path, bytes]) => `${path}=${bytes}`).join(' '));
  }
  return [...seen].sort();
}

async function codeOf(operation: Promise<unknown>): Promise<string> {
  return operation.then(
    () => 'no error',
    (error: unknown) => (error instanceof FileSystemError ? error.code : Promise.reject(error)),
  );
}

describe('names on a memory disk', () => {
  it('a file created without a directory sync does not exist after a crash that keeps nothing', async () => {
    const files = make();
    await writeFile(files, '/a', 'x', 'not durable');
    files.crash('lost');
    expect(await files.sizeBytes('/a')).toBeUndefined();
  });

  it('a file created without a directory sync may be gone after a crash', async () => {
    expect(await outcomes((files) => writeFile(files, '/a', 'x', 'not durable'))).toEqual(['', '/a=x']);
  });

  it('a synced file whose name is synced is always there', async () => {
    expect(await outcomes((files) => writeFile(files, '/a', 'x', 'durable'))).toEqual(['/a=x']);
  });

  it('a rename without a directory sync may revert, as a whole', async () => {
    const seen = await outcomes(async (files) => {
      await writeFile(files, '/a', 'new', 'durable');
      await writeFile(files, '/b', 'old', 'durable');
      await files.rename('/a', '/b');
    });
    expect(seen).toEqual(['/a=new /b=old', '/b=new']);
  });

  it('a removal without a directory sync may revert', async () => {
    const seen = await outcomes(async (files) => {
      await writeFile(files, '/a', 'x', 'durable');
      await files.remove('/a');
    });
    expect(seen).toEqual(['', '/a=x']);
  });

  it('a directory sync makes creates, renames and removals durable', async () => {
    const seen = await outcomes(async (files) => {
      for (const name of ['/a', '/b', '/c']) await writeFile(files, name, 'x', 'not durable');
      await files.rename('/a', '/z');
      await files.remove('/b');
      await files.syncDirectory('/');
    });
    expect(seen).toEqual(['/c=x /z=x']);
  });

  it('a name in a directory that is not durable itself is lost with it', async () => {
    const files = make();
    await files.makeDirectory('/d');
    await writeFile(files, '/d/a', 'x', 'not durable');
    await files.syncDirectory('/d');
    files.crash('lost');
    expect(await files.list('/')).toEqual([]);
  });

  it('an older unsynced name does not come back over a newer synced one', async () => {
    const seen = await outcomes(async (files) => {
      for (const name of ['/d', '/e']) await files.makeDirectory(name);
      await files.syncDirectory('/');
      await writeFile(files, '/d/a', 'x', 'not durable');
      await files.rename('/d/a', '/e/a');
      await files.syncDirectory('/e');
    });
    expect(seen).toEqual(['/d/= /e/= /e/a=x']);
  });
});

describe('bytes on a memory disk', () => {
  it('a write that was not synced is dropped, kept or torn by the seed, and the same seed gives the same disk', async () => {
    const history = async (files: MemoryFileSystem) => {
      await writeFile(files, '/a', '-'.repeat(2048), 'durable');
      const handle = await files.open('/a', { access: 'write' });
      await handle.write([Buffer.alloc(2048, 'N')], 0);
    };
    const shapes = (await outcomes(history)).map((each) => each.slice(3).replace(/(.)\1{511}/g, '$1'));
    expect(shapes).toEqual(expect.arrayContaining(['----', 'NNNN', 'NN--', '--NN', 'N-N-']));
    expect(shapes.every((shape) => /^[N-]{4}$/.test(shape))).toBe(true);
    expect(await outcomes(history)).toEqual(await outcomes(history));
  });

  it('each unsynced write meets its own fate, so a later one may survive an earlier one', async () => {
    const seen = await outcomes(async (files) => {
      await writeFile(files, '/a', '--', 'durable');
      const handle = await files.open('/a', { access: 'write' });
      await handle.write([Buffer.from('1')], 0);
      await handle.write([Buffer.from('2')], 1);
    });
    expect(seen).toEqual(['/a=--', '/a=-2', '/a=1-', '/a=12']);
  });

  it('a file may have grown although its bytes never arrived', async () => {
    const seen = await outcomes(async (files) => {
      await writeFile(files, '/a', '-', 'durable');
      await (await files.open('/a', { access: 'write' })).write([Buffer.from('NN')], 1);
    });
    expect(seen).toEqual(['/a=-', '/a=-\0\0', '/a=-NN']);
  });

  it('synced writes always survive, whole', async () => {
    expect(await outcomes((files) => writeFile(files, '/a', 'abc'.repeat(3000), 'durable'))).toHaveLength(1);
  });

  it('a syncWrites handle is durable on return, over unsynced bytes of another handle too', async () => {
    const seen = await outcomes(async (files) => {
      await writeFile(files, '/a', '---', 'durable');
      await (await files.open('/a', { access: 'write' })).write([Buffer.from('uuu')], 0);
      await (await files.open('/a', { access: 'write', syncWrites: true })).write([Buffer.from('D')], 1);
    });
    expect(seen).toEqual(['/a=-D-', '/a=uDu']);
  });

  it('a sync covers only the writes that were over when it began', async () => {
    const seen = await outcomes(async (files) => {
      await writeFile(files, '/a', '-', 'durable');
      const handle = await files.open('/a', { access: 'write' });
      await Promise.all([handle.write([Buffer.from('N')], 0), handle.sync()]);
    });
    expect(seen).toEqual(['/a=-', '/a=N']);
  });

  it('an unsynced truncate may revert', async () => {
    const seen = await outcomes(async (files) => {
      await writeFile(files, '/a', 'abc', 'durable');
      await (await files.open('/a', { access: 'write' })).truncate(1);
    });
    expect(seen).toEqual(['/a=a', '/a=abc']);
  });

  it('the death of a process alone loses nothing that was written', async () => {
    const files = make();
    const handle = await files.open('/a', { access: 'create' });
    await handle.write([Buffer.from('abc')], 0);
    files.crash('kept');
    expect(contents(files, '/a')).toBe('abc');
    files.crash('lost');
    expect(contents(files, '/a')).toBeUndefined();
  });
});

describe('a machine that stops', () => {
  it('old handles stay dead, new ones work', async () => {
    const files = make();
    await writeFile(files, '/a', 'abc', 'durable');
    const old = await files.open('/a', { access: 'read' });
    files.crash();
    expect(await codeOf(old.read(Buffer.alloc(1), 0))).toBe('crashed');
    expect(await codeOf(old.close())).toBe('crashed');
    expect(await (await files.open('/a', { access: 'read' })).sizeBytes()).toBe(3);
  });

  it('locks are free again, and an old lock cannot release a new one', async () => {
    const files = make();
    const old = await files.lock('/LOCK');
    files.crash('kept');
    await files.lock('/LOCK');
    await old.release();
    expect(await codeOf(files.lock('/LOCK'))).toBe('locked');
  });

  it('an operation under way when the machine stops rejects and did not happen', async () => {
    const clock = new VirtualClock();
    const files = make(1, { latency: { clock, maxMs: 10 } });
    const opening = codeOf(files.open('/a', { access: 'create' }));
    files.crash();
    await clock.advance(20);
    expect(await opening).toBe('crashed');
    expect(contents(files, '/a')).toBeUndefined();
  });

  it('crashAt stops at every operation of a history, and nothing later gets through', async () => {
    const history = async (files: MemoryFileSystem) => {
      await writeFile(files, '/tmp', 'v2', 'not durable');
      await files.rename('/tmp', '/a');
      await files.syncDirectory('/');
    };
    const whole = make(1, { image: new Map([['/a', Buffer.from('v1')]]) });
    await history(whole);
    const { operationCount } = whole.faults;
    expect(operationCount).toBe(6);
    for (let cutAt = 1; cutAt <= operationCount; cutAt++) {
      const seen = new Set<string | undefined>();
      for (let seed = 0; seed < 40; seed++) {
        const files = make(seed, { image: new Map([['/a', Buffer.from('v1')]]) });
        files.faults.crashAt(cutAt);
        expect(await codeOf(history(files))).toBe('crashed');
        expect(await codeOf(files.list('/'))).toBe('crashed');
        expect(files.faults.operationCount).toBe(cutAt);
        files.crash();
        seen.add(contents(files, '/a'));
      }
      // The rename is the fifth operation: before it the new contents cannot have the name.
      expect([...seen].sort()).toEqual(cutAt < 5 ? ['v1'] : ['v1', 'v2']);
    }
  });

  it('beforeOperation sees every operation and may fail it', async () => {
    const files = make();
    const kinds: string[] = [];
    files.faults.beforeOperation = ({ kind, path }) => {
      kinds.push(`${kind} ${path}`);
      if (kind === 'sync') throw new FileSystemError('io', 'as planned');
    };
    expect(await codeOf(writeFile(files, '/a', 'x', 'durable'))).toBe('io');
    expect(kinds).toEqual(['open /a', 'write /a', 'sync /a']);
  });
});

describe('a sync that fails', () => {
  it('says io once, and no later sync saves what it lost', async () => {
    const seen = await outcomes(async (files) => {
      await writeFile(files, '/a', '--', 'durable');
      files.faults.failSync({ path: '/a' });
      const handle = await files.open('/a', { access: 'write' });
      await handle.write([Buffer.from('1')], 0);
      expect(await codeOf(handle.sync())).toBe('io');
      await handle.write([Buffer.from('2')], 1);
      await handle.sync();
      // The page cache still shows it: reading back proves nothing.
      expect(contents(files, '/a')).toBe('12');
    });
    expect(seen).toEqual(['/a=-2', '/a=12']);
  });

  it('counts only syncs of the paths asked for', async () => {
    const files = make();
    files.faults.failSync({ path: /b$/, nth: 2 });
    const [a, b] = [await files.open('/a', { access: 'create' }), await files.open('/b', { access: 'create' })];
    const codes = [await codeOf(a.sync()), await codeOf(b.sync()), await codeOf(a.sync()), await codeOf(b.sync())];
    expect([...codes, await codeOf(b.sync())]).toEqual(['no error', 'no error', 'no error', 'io', 'no error']);
  });

  it('a failed write of a syncWrites handle has an unknown fate', async () => {
    const seen = await outcomes(async (files) => {
      await writeFile(files, '/a', '-', 'durable');
      files.faults.failSync({ path: (path) => path === '/a' });
      const handle = await files.open('/a', { access: 'write', syncWrites: true });
      expect(await codeOf(handle.write([Buffer.from('N')], 0))).toBe('io');
    });
    expect(seen).toEqual(['/a=-', '/a=N']);
  });
});

describe('a disk with an end', () => {
  it('a full disk gives a short count first and no-space next', async () => {
    const files = make(1, { capacityBytes: 3 * 4096 });
    const handle = await files.open('/a', { access: 'create' });
    expect(await handle.write([Buffer.alloc(5000), Buffer.alloc(10_000)], 0)).toBe(3 * 4096);
    expect(await codeOf(handle.write([Buffer.alloc(1)], 3 * 4096))).toBe('no-space');
    expect((await files.space('/')).freeBytes).toBe(0);
  });

  it('preallocated space can be written again on a full disk', async () => {
    const files = make(1, { capacityBytes: 2 * 4096 });
    const handle = await files.open('/a', { access: 'create' });
    await handle.write([Buffer.alloc(8192)], 0);
    expect(await handle.write([Buffer.alloc(8192, 1)], 0)).toBe(8192);
  });

  it('extending by truncate reserves nothing', async () => {
    const files = make(1, { capacityBytes: 4096 });
    const handle = await files.open('/a', { access: 'create' });
    await handle.truncate(1_000_000);
    expect((await files.space('/')).freeBytes).toBe(4096);
    expect(await handle.write([Buffer.alloc(8192)], 0)).toBe(4096);
  });

  it('a removed file gives its space back once it is closed', async () => {
    const files = make(1, { capacityBytes: 4096 });
    const handle = await files.open('/a', { access: 'create' });
    await handle.write([Buffer.alloc(4096)], 0);
    await files.remove('/a');
    expect((await files.space('/')).freeBytes).toBe(0);
    await handle.close();
    expect((await files.space('/')).freeBytes).toBe(4096);
  });

  it('too many open files is an error, and close makes room', async () => {
    const files = make(1, { openCountMax: 1 });
    const handle = await files.open('/a', { access: 'create' });
    expect(await codeOf(files.open('/b', { access: 'create' }))).toBe('too-many-files');
    await handle.close();
    expect(await codeOf(files.open('/b', { access: 'create' }))).toBe('no error');
  });
});

describe('the hands of a test on a memory disk', () => {
  it('a snapshot starts another disk, where everything is durable', async () => {
    const files = make();
    await files.makeDirectory('/d/empty');
    await writeFile(files, '/d/a', 'abc', 'not durable');
    const copy = make(2, { image: files.disk.snapshot() });
    copy.crash('lost');
    expect(copy.disk.snapshot()).toEqual(files.disk.snapshot());
    expect([...copy.disk.snapshot().keys()]).toEqual(['/d/', '/d/a', '/d/empty/']);
  });

  it('corrupt turns bits and cut shortens, durably', async () => {
    const files = make();
    await writeFile(files, '/a', 'abcdef', 'durable');
    files.disk.corrupt('/a', 1, 0x20);
    files.disk.cut('/a', 3);
    files.crash('lost');
    expect(contents(files, '/a')).toBe('aBc');
  });
});
