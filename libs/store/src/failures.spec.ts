import { FileSystemError } from '#platform';
import type { FileOperation, MemoryPlatform } from '#platform/testing';
import { StoreError } from './store-error.js';
import { sampleSet } from './testing/sample-sets.js';
import { bodiesOf, openSmall, storeMachine } from './testing/store-under-test.js';

const SEGMENT = '/data/log/00000000000000000000';
const NEXT = '/data/log/next.tmp';
const settled = (platform: MemoryPlatform) => new Promise<void>((resolve) => platform.clock.afterIo(resolve));
const set = (body: string) => sampleSet({ bodies: [body] });

function codeOf(attempt: () => unknown): string {
  try {
    attempt();
    return 'no error';
  } catch (error) {
    return error instanceof StoreError ? error.code : String(error);
  }
}

describe('an acknowledgement', () => {
  it('comes after the bytes are on the disk, and listeners and readers know it by then', async () => {
    const platform = storeMachine();
    const { store, listener } = await openSmall(platform);
    const onDisk = () => platform.files.disk.snapshot().get(SEGMENT)?.includes('needle') ?? false;
    const writes: FileOperation[] = [];
    platform.files.faults.beforeOperation = (operation) => {
      if (operation.kind === 'write' && operation.path === SEGMENT) {
        writes.push(operation);
        expect([listener.seen, store.queueRange('orders', 0).endOffset, onDisk()]).toEqual([[], 0, false]);
      }
    };
    await store.append([set('needle')]).durable;
    expect(writes.map((each) => each.syncWrites)).toEqual([true]);
    expect([listener.seen, listener.groupCount, onDisk()]).toEqual([['orders/0@0x1'], 2, true]);
    platform.files.faults.beforeOperation = undefined;
    platform.files.crash('lost');
    expect(await bodiesOf((await openSmall(platform)).store)).toEqual(['needle']);
  });
});

describe('a store whose sync fails', () => {
  it('stops for good: nothing that waited is acknowledged, nothing more is taken, the failure is told once', async () => {
    const platform = storeMachine();
    const { store, listener } = await openSmall(platform);
    platform.files.faults.failSync({ path: SEGMENT });
    const first = store.append([set('a')]);
    // The second one arrives while the first is written, so it waits in the next group.
    await Promise.resolve();
    const second = store.append([set('b')]);
    const outcomes = await Promise.allSettled([first.durable, second.durable]);
    expect(outcomes.map((each) => each.status === 'rejected' && each.reason.code)).toEqual(['failed', 'failed']);
    expect((await store.failed).message).toMatch(/^\[failed\]/);
    expect(codeOf(() => store.append([set('c')]))).toBe('failed');
    expect([listener.seen, store.queueRange('orders', 0).endOffset]).toEqual([[], 0]);
    await store.close();
    await (await openSmall(platform)).store.close();
  });

  it('stops likewise when the disk took fewer bytes than it was given', async () => {
    const platform = storeMachine();
    const open = platform.files.open.bind(platform.files);
    // Linux reports a disk that fills up by a smaller count, without an error.
    platform.files.open = async (path, mode) => {
      const handle = await open(path, mode);
      const write = handle.write.bind(handle);
      if (path === SEGMENT) handle.write = async (chunks, position) => (await write(chunks, position)) - 1;
      return handle;
    };
    const { store } = await openSmall(platform);
    await expect(store.append([set('a')]).durable).rejects.toThrow(expect.objectContaining({ code: 'failed' }));
    await store.close();
  });

  it('stops when it is a slot file that cannot be synced', async () => {
    const platform = storeMachine();
    const { store } = await openSmall(platform);
    await store.append([set('a')]).durable;
    platform.files.faults.failSync({ path: /queues/ });
    await platform.clock.advance(5000);
    expect((await store.failed).message).toMatch(/^\[failed\]/);
    await store.close();
    const { store: second } = await openSmall(platform);
    expect(await bodiesOf(second)).toEqual(['a']);
    await second.close();
  });
});

describe('a full disk', () => {
  it('refuses what does not fit, goes on reading, and takes more by itself once there is space', async () => {
    const platform = storeMachine();
    // The first two segments are made; the third one finds no space.
    platform.files.faults.fail('write', 'no-space', { path: '/data/log/next.tmp', nth: 3 });
    const { store } = await openSmall(platform);
    const accepted: string[] = [];
    let code = 'no error';
    for (let i = 0; code === 'no error' && i < 100; i++) {
      code = codeOf(() => store.append([set(`m${i}`)]));
      if (code !== 'no error') break;
      accepted.push(`m${i}`);
      await new Promise<void>((resolve) => platform.clock.afterIo(resolve));
    }
    expect(code).toBe('disk-full');
    expect(await platform.files.list('/data/log')).not.toContain('next.tmp');
    expect(await bodiesOf(store)).toEqual(accepted);
    await platform.clock.advance(2000);
    await store.append([set('later')]).durable;
    expect(await bodiesOf(store)).toEqual([...accepted, 'later']);
    await store.close();
  });

  it('is still full while space is looked for again: nothing is taken that would have to wait for it', async () => {
    const platform = storeMachine();
    const { store } = await openSmall(platform);
    const fill = async () => {
      for (let code = 'no error'; code === 'no error'; await settled(platform)) {
        code = codeOf(() => store.append([set('filler')]));
      }
    };
    await settled(platform);
    const codes: string[] = [];
    platform.files.faults.beforeOperation = ({ kind, path }) => {
      if (kind !== 'write' || path !== NEXT) return;
      codes.push(codeOf(() => store.append([set('x'.repeat(3000))])));
      throw new FileSystemError('no-space', 'as planned');
    };
    await fill();
    codes.length = 0;
    await platform.clock.advance(3000);
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.every((code) => code === 'disk-full')).toBe(true);
    platform.files.faults.beforeOperation = undefined;
    await platform.clock.advance(2000);
    await store.append([set('later')]).durable;
    await store.close();
  });

  it('does not hold up a close: what waits for the next segment is rejected', async () => {
    const platform = storeMachine();
    const { store } = await openSmall(platform);
    await settled(platform);
    const waiting: Promise<void>[] = [];
    platform.files.faults.beforeOperation = ({ kind, path }) => {
      if (kind !== 'write' || path !== NEXT) return;
      // While the segment is in the making nobody knows yet that there is no space for it.
      for (let i = 0; i < 6 && waiting.length < 6; i++) waiting.push(store.append([set('x'.repeat(3000))]).durable);
      throw new FileSystemError('no-space', 'as planned');
    };
    for (let i = 0; waiting.length === 0 && i < 100; i++) {
      codeOf(() => store.append([set('filler')]));
      await settled(platform);
    }
    const outcomes = Promise.allSettled(waiting);
    const closed = store.close();
    await platform.clock.advance(5000);
    await closed;
    expect((await outcomes).at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'failed' } });
    platform.files.faults.beforeOperation = undefined;
    await (await openSmall(platform)).store.close();
  });

  it('that runs low refuses messages but takes state records, until there is space again', async () => {
    const platform = storeMachine();
    const { freeBytes } = await platform.files.space('/');
    const { store } = await openSmall(platform, { minFreeBytes: freeBytes - 100_000, segmentBytes: 4096 });
    const filler = await platform.files.open('/filler', { access: 'create' });
    await filler.write([Buffer.alloc(100_000)], 0);
    await platform.clock.advance(1500);
    expect(codeOf(() => store.append([set('a')]))).toBe('disk-full');
    await store.append([sampleSet({ kind: 'control', bodies: ['ack'] })]).durable;
    await filler.close();
    await platform.files.remove('/filler');
    await platform.clock.advance(1500);
    await store.append([set('b')]).durable;
    expect(await bodiesOf(store)).toEqual(['b']);
    await store.close();
  });
});

describe('an append', () => {
  it('that is refused changes nothing', async () => {
    const { store } = await openSmall(storeMachine(), { waitingBytesMax: 4096, entryBytesMax: 2048 });
    expect(codeOf(() => store.append([set('x'.repeat(3000))]))).toBe('too-large');
    expect(codeOf(() => store.append([set('a'), set('b').subarray(0, 90)]))).toBe('bad-set');
    expect(codeOf(() => store.append([Buffer.alloc(200)]))).toBe('bad-set');
    const waiting = [store.append([set('y'.repeat(1500))]), store.append([set('z'.repeat(1500))])];
    expect(codeOf(() => store.append([set('w'.repeat(1500))]))).toBe('overloaded');
    await Promise.all(waiting.map((each) => each.durable));
    const next = store.append([set('c')]);
    expect(next.baseOffsets).toEqual([2]);
    await next.durable;
    await store.close();
  });

  it('places all its sets, numbers each queue by itself, and gives no offsets to state records', async () => {
    const { store, listener } = await openSmall(storeMachine());
    await store.append([sampleSet({ bodies: ['a', 'b'] })]).durable;
    const placed = store.append([
      sampleSet({ bodies: ['c'] }),
      sampleSet({ kind: 'control', bodies: ['state'] }),
      sampleSet({ queueId: 1, bodies: ['d'] }),
      sampleSet({ bodies: ['e'] }),
    ]);
    expect(placed.baseOffsets).toEqual([2, -1, 0, 3]);
    await placed.durable;
    expect(listener.seen).toEqual(['orders/0@0x2', 'orders/0@2x1', 'control', 'orders/1@0x1', 'orders/0@3x1']);
    await store.close();
  });
});
