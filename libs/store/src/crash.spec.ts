import { type FileSystem, FileSystemError } from '#platform';
import type { UnsyncedFate } from '#platform/testing';
import { StoreError } from './store-error.js';
import { openLyingMessageStore } from './testing/lying-files.js';
import { ScriptedWorkload } from './testing/scripted-workload.js';
import { openSmall, RecordingListener, smallStore, storeMachine } from './testing/store-under-test.js';

const FATES: readonly UnsyncedFate[] = ['by-seed', 'lost', 'kept'];
const SEED_COUNT = Number(process.env['CRASH_SEEDS'] ?? 4);
const FIRST_SEED = Number(process.env['CRASH_FIRST_SEED'] ?? 1);

/** Whether `error` is how a store says that the machine under it has stopped. */
function isCrash(error: unknown): boolean {
  if (error instanceof FileSystemError) return error.code === 'crashed';
  return error instanceof StoreError && (error.code === 'failed' || isCrash(error.cause));
}

async function untilCrash(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isCrash(error)) throw error;
  }
}

async function twoLives(seed: number, crashAt: number, fate: UnsyncedFate): Promise<number> {
  const platform = storeMachine(seed);
  const { faults } = platform.files;
  const workload = new ScriptedWorkload(platform);
  if (crashAt > 0) faults.crashAt(crashAt);
  await untilCrash(workload.live(14, 'close').then(() => workload.live(9, 'leave')));
  const operationCount = faults.operationCount;
  platform.files.crash(fate);
  // A second life over the leftovers of the first, ended in its middle too.
  faults.crashAt(faults.operationCount + 25 + (crashAt % 30));
  await untilCrash(workload.live(9, 'leave'));
  platform.files.crash(fate);
  faults.crashAt(Number.POSITIVE_INFINITY);
  await workload.recover();
  await expectRebuildEqual(platform.files, () => openSmall(platform).then(({ store }) => store.close()));
  return operationCount;
}

/** The slot files must be those that the log alone gives. */
async function expectRebuildEqual(
  files: FileSystem & { disk: { snapshot(): Map<string, Buffer> } },
  open: () => Promise<void>,
): Promise<void> {
  const slotFiles = () =>
    [...files.disk.snapshot()]
      .filter(([path]) => path.startsWith('/data/queues/') && !path.endsWith('/'))
      .map(([path, bytes]) => [path, bytes.toString('hex')]);
  const before = slotFiles();
  await files.remove('/data/checkpoint');
  await open();
  expect(slotFiles()).toEqual(before);
}

describe('a store whose machine stops', () => {
  it.each(FATES)(
    'at any operation keeps what it acknowledged, what was not synced being %s',
    async (fate) => {
      let states = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + (fate === 'by-seed' ? SEED_COUNT : 1); seed++) {
        const operationCount = await twoLives(seed, 0, fate);
        for (let crashAt = 1; crashAt <= operationCount; crashAt++) {
          try {
            await twoLives(seed, crashAt, fate);
          } catch (error) {
            throw new Error(`seed ${seed}, crash at operation ${crashAt}, ${fate}`, { cause: error });
          }
          states += 1;
        }
      }
      expect(states).toBeGreaterThan(100);
    },
    120_000,
  );

  it.each(['sync', 'write'] as const)('is found out if it acknowledges before the %s', async (ackBefore) => {
    const platform = storeMachine(1);
    const listener = new RecordingListener();
    const open = () => openLyingMessageStore(smallStore(), platform, listener, ackBefore);
    const workload = new ScriptedWorkload(platform, async () => ({ store: await open(), listener }));
    await workload.live(9, 'leave');
    platform.files.crash(ackBefore === 'sync' ? 'lost' : 'kept');
    await expect(workload.recover()).rejects.toThrow(/lost \d+ acknowledged messages/);
  });
});
