import { contentsOf, fileErrorCode, memoryFiles, writeFile } from '../testing/crash-outcomes.js';

describe('a disk with an end', () => {
  it('a full disk gives a short count first and no-space next', async () => {
    const files = memoryFiles(1, { capacityBytes: 3 * 4096 });
    const handle = await files.open('/a', { access: 'create' });
    expect(await handle.write([Buffer.alloc(5000), Buffer.alloc(10_000)], 0)).toBe(3 * 4096);
    expect(await fileErrorCode(handle.write([Buffer.alloc(1)], 3 * 4096))).toBe('no-space');
    expect((await files.space('/')).freeBytes).toBe(0);
  });

  it('preallocated space can be written again on a full disk', async () => {
    const files = memoryFiles(1, { capacityBytes: 2 * 4096 });
    const handle = await files.open('/a', { access: 'create' });
    await handle.write([Buffer.alloc(8192)], 0);
    expect(await handle.write([Buffer.alloc(8192, 1)], 0)).toBe(8192);
  });

  it('extending by truncate reserves nothing', async () => {
    const files = memoryFiles(1, { capacityBytes: 4096 });
    const handle = await files.open('/a', { access: 'create' });
    await handle.truncate(1_000_000);
    expect((await files.space('/')).freeBytes).toBe(4096);
    expect(await handle.write([Buffer.alloc(8192)], 0)).toBe(4096);
  });

  it('a removed file gives its space back once it is closed', async () => {
    const files = memoryFiles(1, { capacityBytes: 4096 });
    const handle = await files.open('/a', { access: 'create' });
    await handle.write([Buffer.alloc(4096)], 0);
    await files.remove('/a');
    expect((await files.space('/')).freeBytes).toBe(0);
    await handle.close();
    expect((await files.space('/')).freeBytes).toBe(4096);
  });

  it('too many open files is an error, and close makes room', async () => {
    const files = memoryFiles(1, { openCountMax: 1 });
    const handle = await files.open('/a', { access: 'create' });
    expect(await fileErrorCode(files.open('/b', { access: 'create' }))).toBe('too-many-files');
    await handle.close();
    expect(await fileErrorCode(files.open('/b', { access: 'create' }))).toBe('no error');
  });
});

describe('the hands of a test on a memory disk', () => {
  it('a snapshot starts another disk, where everything is durable', async () => {
    const files = memoryFiles();
    await files.makeDirectory('/d/empty');
    await writeFile(files, '/d/a', 'abc', 'not durable');
    const copy = memoryFiles(2, { image: files.disk.snapshot() });
    copy.crash('lost');
    expect(copy.disk.snapshot()).toEqual(files.disk.snapshot());
    expect([...copy.disk.snapshot().keys()]).toEqual(['/d/', '/d/a', '/d/empty/']);
  });

  it('corrupt turns bits and cut shortens, durably', async () => {
    const files = memoryFiles();
    await writeFile(files, '/a', 'abcdef', 'durable');
    files.disk.corrupt('/a', 1, 0x20);
    files.disk.cut('/a', 3);
    files.crash('lost');
    expect(contentsOf(files, '/a')).toBe('aBc');
  });
});
