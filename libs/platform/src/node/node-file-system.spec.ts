import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFileSystem } from '../testing/describe-file-system.js';
import { NodeFileSystem } from './node-file-system.js';

describeFileSystem('NodeFileSystem', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rookery-files-'));
  return {
    files: new NodeFileSystem(),
    directory,
    dispose: async () => rmSync(directory, { recursive: true, force: true }),
  };
});

describe('NodeFileSystem', () => {
  const files = new NodeFileSystem();
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rookery-files-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('files are for their owner only, directories too', async () => {
    await files.makeDirectory(join(directory, 'd'));
    await (await files.open(join(directory, 'd/a'), { access: 'create' })).close();
    expect(statSync(join(directory, 'd')).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'd/a')).mode & 0o777).toBe(0o600);
  });

  it('a full disk is no-space', async () => {
    // The device that is always full.
    const handle = await files.open('/dev/full', { access: 'write' });
    await expect(handle.write([Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'no-space' });
    await handle.close();
  });
});
