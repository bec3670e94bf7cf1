import { crashOutcomes, memoryFiles, writeFile } from '../testing/crash-outcomes.js';

describe('names on a memory disk', () => {
  it('a file created without a directory sync does not exist after a crash that keeps nothing', async () => {
    const files = memoryFiles();
    await writeFile(files, '/a', 'x', 'not durable');
    files.crash('lost');
    expect(await files.sizeBytes('/a')).toBeUndefined();
  });

  it('a file created without a directory sync may be gone after a crash', async () => {
    expect(await crashOutcomes((files) => writeFile(files, '/a', 'x', 'not durable'))).toEqual(['', '/a=x']);
  });

  it('a synced file whose name is synced is always there', async () => {
    expect(await crashOutcomes((files) => writeFile(files, '/a', 'x', 'durable'))).toEqual(['/a=x']);
  });

  it('a rename without a directory sync may revert, as a whole', async () => {
    const seen = await crashOutcomes(async (files) => {
      await writeFile(files, '/a', 'new', 'durable');
      await writeFile(files, '/b', 'old', 'durable');
      await files.rename('/a', '/b');
    });
    expect(seen).toEqual(['/a=new /b=old', '/b=new']);
  });

  it('a removal without a directory sync may revert', async () => {
    const seen = await crashOutcomes(async (files) => {
      await writeFile(files, '/a', 'x', 'durable');
      await files.remove('/a');
    });
    expect(seen).toEqual(['', '/a=x']);
  });

  it('a directory sync makes creates, renames and removals durable', async () => {
    const seen = await crashOutcomes(async (files) => {
      for (const name of ['/a', '/b', '/c']) await writeFile(files, name, 'x', 'not durable');
      await files.rename('/a', '/z');
      await files.remove('/b');
      await files.syncDirectory('/');
    });
    expect(seen).toEqual(['/c=x /z=x']);
  });

  it('a name in a directory that is not durable itself is lost with it', async () => {
    const files = memoryFiles();
    await files.makeDirectory('/d');
    await writeFile(files, '/d/a', 'x', 'not durable');
    await files.syncDirectory('/d');
    files.crash('lost');
    expect(await files.list('/')).toEqual([]);
  });

  it('an older unsynced name does not come back over a newer synced one', async () => {
    const seen = await crashOutcomes(async (files) => {
      for (const name of ['/d', '/e']) await files.makeDirectory(name);
      await files.syncDirectory('/');
      await writeFile(files, '/d/a', 'x', 'not durable');
      await files.rename('/d/a', '/e/a');
      await files.syncDirectory('/e');
    });
    expect(seen).toEqual(['/d/= /e/= /e/a=x']);
  });
});
