import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SetOutcome } from '#mq-protocol';
import { Friend } from './friend.js';
import { RookeryProcess } from './rookery-process.js';

const MIB = 1024 ** 2;
const DISK_BYTES = 48 * MIB;

/** A real process on a small disk of its own where this machine lets us mount one, else on the shared disk with a reserve close below what is free. */
describe('a broker whose disk fills up', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rookery-full-disk-'));
  const isMounted = canMount(directory);
  const filler = join(directory, 'filler');
  let broker: RookeryProcess | undefined;
  afterAll(async () => {
    await broker?.stop('SIGKILL');
    if (isMounted) execFileSync('umount', [directory]);
    rmSync(directory, { recursive: true, force: true });
  });

  it('refuses sends as retryable, serves receives and acks, and takes sends again when there is space', async () => {
    const freeBytes = freeBytesIn(directory);
    const minFreeBytes = isMounted ? 8 * MIB : freeBytes - 128 * MIB;
    const store = ['--store-min-free-bytes', String(minFreeBytes), '--store-space-check-interval-ms', '20'];
    const started = await RookeryProcess.broker(join(directory, 'data'), [...store, '--log-level', 'silent']);
    broker = started.broker;
    const friend = new Friend(started.url, 'orders');
    for (let count = 0; count < 20; count++) expect(await friend.send()).toMatchObject([{ kind: 'placed' }]);

    const spareBytes = freeBytesIn(directory) - minFreeBytes;
    writeFileSync(filler, Buffer.alloc(spareBytes + 4 * MIB, 1));
    const refusal = await sendUntil(friend, 'refused');
    expect(refusal).toMatchObject({ code: 'disk-full', retryable: true, message: expect.stringContaining('full') });

    // Half of what is stored is received and acked on the full disk; so are the topics listed.
    expect(await friend.take(10)).toBeGreaterThan(0);
    expect(await friend.topics()).toEqual({ topics: ['orders'] });
    expect(await friend.send()).toMatchObject([{ kind: 'refused', code: 'disk-full' }]);

    rmSync(filler);
    expect(await sendUntil(friend, 'placed')).toMatchObject({ topic: 'orders' });
    expect(friend.complaints).toEqual([]);
    expect([broker.child.exitCode, broker.child.signalCode]).toEqual([null, null]);
    await friend.stop();
    expect(await broker.stop('SIGTERM')).toMatchObject({ exitCode: 0 });
  });
});

/** Sends until one has this outcome: the broker looks at its disk now and then. */
async function sendUntil(friend: Friend, kind: SetOutcome['kind']): Promise<SetOutcome> {
  for (;;) {
    const [outcome] = await friend.send();
    if (outcome?.kind === kind) return outcome;
  }
}

function canMount(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function freeBytesIn(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
