import { FileSystemError } from '../file-system.js';
import { contentsOf, fileErrorCode, memoryFiles, writeFile } from '../testing/crash-outcomes.js';
import { describeFileSystem } from '../testing/describe-file-system.js';
import type { MemoryFileSystem } from './memory-file-system.js';
import { VirtualClock } from './virtual-clock.js';

describeFileSystem('MemoryFileSystem', async () => {
  const files = memoryFiles();
  await files.makeDirectory('/data/dir');
  return { files, directory: '/data/dir', dispose: async () => {} };
});

describe('a machine that stops', () => {
  it('old handles stay dead, new ones work', async () => {
    const files = memoryFiles();
    await writeFile(files, '/a', 'abc', 'durable');
    const old = await files.open('/a', { access: 'read' });
    files.crash();
    expect(await fileErrorCode(old.read(Buffer.alloc(1), 0))).toBe('crashed');
    expect(await fileErrorCode(old.close())).toBe('crashed');
    expect(await (await files.open('/a', { access: 'read' })).sizeBytes()).toBe(3);
  });

  it('locks are free again, and an old lock cannot release a new one', async () => {
    const files = memoryFiles();
    const old = await files.lock('/LOCK');
    files.crash('kept');
    await files.lock('/LOCK');
    await old.release();
    expect(await fileErrorCode(files.lock('/LOCK'))).toBe('locked');
  });

  it('an operation under way when the machine stops rejects and did not happen', async () => {
    const clock = new VirtualClock();
    const files = memoryFiles(1, { latency: { clock, maxMs: 10 } });
    const opening = fileErrorCode(files.open('/a', { access: 'create' }));
    files.crash();
    await clock.advance(20);
    expect(await opening).toBe('crashed');
    expect(contentsOf(files, '/a')).toBeUndefined();
  });

  it('crashAt stops at every operation of a history, and nothing later gets through', async () => {
    const history = async (files: MemoryFileSystem) => {
      await writeFile(files, '/tmp', 'v2', 'not durable');
      await files.rename('/tmp', '/a');
      await files.syncDirectory('/');
    };
    const whole = memoryFiles(1, { image: new Map([['/a', Buffer.from('v1')]]) });
    await history(whole);
    const { operationCount } = whole.faults;
    expect(operationCount).toBe(6);
    for (let cutAt = 1; cutAt <= operationCount; cutAt++) {
      const seen = new Set<string | undefined>();
      for (let seed = 0; seed < 40; seed++) {
        const files = memoryFiles(seed, { image: new Map([['/a', Buffer.from('v1')]]) });
        files.faults.crashAt(cutAt);
        expect(await fileErrorCode(history(files))).toBe('crashed');
        expect(await fileErrorCode(files.list('/'))).toBe('crashed');
        expect(files.faults.operationCount).toBe(cutAt);
        files.crash();
        seen.add(contentsOf(files, '/a'));
      }
      // The rename is the fifth operation: before it the new contents cannot have the name.
      expect([...seen].sort()).toEqual(cutAt < 5 ? ['v1'] : ['v1', 'v2']);
    }
  });

  it('beforeOperation sees every operation and may fail it', async () => {
    const files = memoryFiles();
    const kinds: string[] = [];
    files.faults.beforeOperation = ({ kind, path }) => {
      kinds.push(`${kind} ${path}`);
      if (kind === 'sync') throw new FileSystemError('io', 'as planned');
    };
    expect(await fileErrorCode(writeFile(files, '/a', 'x', 'durable'))).toBe('io');
    expect(kinds).toEqual(['open /a', 'write /a', 'sync /a']);
  });
});
