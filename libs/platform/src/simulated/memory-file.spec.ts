import { contentsOf, crashOutcomes, fileErrorCode, memoryFiles, writeFile } from '../testing/crash-outcomes.js';
import type { MemoryFileSystem } from './memory-file-system.js';

describe('bytes on a memory disk', () => {
  it('a write that was not synced is dropped, kept or torn by the seed, and the same seed gives the same disk', async () => {
    const history = async (files: MemoryFileSystem) => {
      await writeFile(files, '/a', '-'.repeat(2048), 'durable');
      const handle = await files.open('/a', { access: 'write' });
      await handle.write([Buffer.alloc(2048, 'N')], 0);
    };
    const shapes = (await crashOutcomes(history)).map((each) => each.slice(3).replace(/(.)\1{511}/g, '$1'));
    expect(shapes).toEqual(expect.arrayContaining(['----', 'NNNN', 'NN--', '--NN', 'N-N-']));
    expect(shapes.every((shape) => /^[N-]{4}$/.test(shape))).toBe(true);
    expect(await crashOutcomes(history)).toEqual(await crashOutcomes(history));
  });

  it('each unsynced write meets its own fate, so a later one may survive an earlier one', async () => {
    const seen = await crashOutcomes(async (files) => {
      await writeFile(files, '/a', '--', 'durable');
      const handle = await files.open('/a', { access: 'write' });
      await handle.write([Buffer.from('1')], 0);
      await handle.write([Buffer.from('2')], 1);
    });
    expect(seen).toEqual(['/a=--', '/a=-2', '/a=1-', '/a=12']);
  });

  it('a file may have grown although its bytes never arrived', async () => {
    const seen = await crashOutcomes(async (files) => {
      await writeFile(files, '/a', '-', 'durable');
      await (await files.open('/a', { access: 'write' })).write([Buffer.from('NN')], 1);
    });
    expect(seen).toEqual(['/a=-', '/a=-\0\0', '/a=-NN']);
  });

  it('synced writes always survive, whole', async () => {
    expect(await crashOutcomes((files) => writeFile(files, '/a', 'abc'.repeat(3000), 'durable'))).toHaveLength(1);
  });

  it('a syncWrites handle is durable on return, over unsynced bytes of another handle too', async () => {
    const seen = await crashOutcomes(async (files) => {
      await writeFile(files, '/a', '---', 'durable');
      await (await files.open('/a', { access: 'write' })).write([Buffer.from('uuu')], 0);
      await (await files.open('/a', { access: 'write', syncWrites: true })).write([Buffer.from('D')], 1);
    });
    expect(seen).toEqual(['/a=-D-', '/a=uDu']);
  });

  it('a sync covers only the writes that were over when it began', async () => {
    const seen = await crashOutcomes(async (files) => {
      await writeFile(files, '/a', '-', 'durable');
      const handle = await files.open('/a', { access: 'write' });
      await Promise.all([handle.write([Buffer.from('N')], 0), handle.sync()]);
    });
    expect(seen).toEqual(['/a=-', '/a=N']);
  });

  it('an unsynced truncate may revert', async () => {
    const seen = await crashOutcomes(async (files) => {
      await writeFile(files, '/a', 'abc', 'durable');
      await (await files.open('/a', { access: 'write' })).truncate(1);
    });
    expect(seen).toEqual(['/a=a', '/a=abc']);
  });

  it('the death of a process alone loses nothing that was written', async () => {
    const files = memoryFiles();
    const handle = await files.open('/a', { access: 'create' });
    await handle.write([Buffer.from('abc')], 0);
    files.crash('kept');
    expect(contentsOf(files, '/a')).toBe('abc');
    files.crash('lost');
    expect(contentsOf(files, '/a')).toBeUndefined();
  });
});

describe('a sync that fails', () => {
  it('says io once, and no later sync saves what it lost', async () => {
    const seen = await crashOutcomes(async (files) => {
      await writeFile(files, '/a', '--', 'durable');
      files.faults.failSync({ path: '/a' });
      const handle = await files.open('/a', { access: 'write' });
      await handle.write([Buffer.from('1')], 0);
      expect(await fileErrorCode(handle.sync())).toBe('io');
      await handle.write([Buffer.from('2')], 1);
      await handle.sync();
      // The page cache still shows it: reading back proves nothing.
      expect(contentsOf(files, '/a')).toBe('12');
    });
    expect(seen).toEqual(['/a=-2', '/a=12']);
  });

  it('counts only syncs of the paths asked for', async () => {
    const files = memoryFiles();
    files.faults.failSync({ path: /b$/, nth: 2 });
    const [a, b] = [await files.open('/a', { access: 'create' }), await files.open('/b', { access: 'create' })];
    const codes = [
      await fileErrorCode(a.sync()),
      await fileErrorCode(b.sync()),
      await fileErrorCode(a.sync()),
      await fileErrorCode(b.sync()),
    ];
    expect([...codes, await fileErrorCode(b.sync())]).toEqual(['no error', 'no error', 'no error', 'io', 'no error']);
  });

  it('a failed write of a syncWrites handle has an unknown fate', async () => {
    const seen = await crashOutcomes(async (files) => {
      await writeFile(files, '/a', '-', 'durable');
      files.faults.failSync({ path: (path) => path === '/a' });
      const handle = await files.open('/a', { access: 'write', syncWrites: true });
      expect(await fileErrorCode(handle.write([Buffer.from('N')], 0))).toBe('io');
    });
    expect(seen).toEqual(['/a=-', '/a=N']);
  });
});
