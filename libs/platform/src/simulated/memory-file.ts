import type { SeededRandom } from './seeded-random.js';
import { SparseBytes } from './sparse-bytes.js';

/** What becomes of everything that was not synced: chance decides (a power cut), all of it is lost, or all of it is kept (the process was killed, the machine lives). */
export type UnsyncedFate = 'by-seed' | 'lost' | 'kept';

/** A change of a file in the order in which it was made. */
interface Change {
  readonly number: number;
  readonly kind: 'write' | 'truncate';
  /** Where the bytes go, or the new size. */
  readonly position: number;
  readonly bytes: Uint8Array;
  /** Written through a handle with `syncWrites`: at a crash it is kept, and it waits here only for its place in the order. */
  readonly durable: boolean;
}

const NO_BYTES = new Uint8Array(0);

/**
 * One file of the memory disk, twice: as processes see it, and as it is on the disk.
 * Invariant: `seen` = `onDisk` + `unsynced` in order, unless a failed sync has thrown some of `unsynced` away.
 */
export class MemoryFile {
  readonly kind = 'file';
  openCount = 0;
  linked = true;
  seen = new SparseBytes();
  private onDisk = new SparseBytes();
  private unsynced: Change[] = [];
  private changeCount = 0;

  write(bytes: Uint8Array, position: number, durable: boolean): void {
    // The caller may use its buffers again as soon as the write is over.
    this.change({ number: ++this.changeCount, kind: 'write', position, bytes: Uint8Array.from(bytes), durable });
  }

  truncate(sizeBytes: number): void {
    this.change({ number: ++this.changeCount, kind: 'truncate', position: sizeBytes, bytes: NO_BYTES, durable: false });
  }

  /** Names the changes made so far, for a later `sync`. */
  mark(): number {
    return this.changeCount;
  }

  /** Makes the changes up to `mark` durable. Later ones started after the sync did and are promised nothing. */
  sync(mark: number): void {
    const later = this.unsynced.findIndex((change) => change.number > mark);
    const covered = this.unsynced.splice(0, later < 0 ? this.unsynced.length : later);
    for (const change of covered) apply(this.onDisk, change);
  }

  /** A sync that failed: chance decides what reached the disk, and as on Linux no later sync will write the rest. */
  failSync(random: SeededRandom): void {
    this.settleUnsynced(random, 'by-seed');
  }

  /** The machine stopped: what is seen is now what is on the disk. */
  crash(random: SeededRandom, fate: UnsyncedFate): void {
    // After a failed sync the page cache holds more than the disk and the list; a mere kill keeps it.
    if (fate === 'kept') return;
    this.settleUnsynced(random, fate);
    this.seen = this.onDisk.clone();
  }

  /** Changes the bytes on the disk behind everybody's back. */
  alter(change: (bytes: SparseBytes) => void): void {
    this.sync(this.changeCount);
    change(this.onDisk);
    change(this.seen);
  }

  private change(change: Change): void {
    apply(this.seen, change);
    if (change.durable && this.unsynced.length === 0) apply(this.onDisk, change);
    else this.unsynced.push(change);
  }

  private settleUnsynced(random: SeededRandom, fate: UnsyncedFate): void {
    for (const change of this.unsynced) {
      if (change.durable) apply(this.onDisk, change);
      else if (fate === 'by-seed') applyByChance(this.onDisk, change, random);
    }
    this.unsynced = [];
  }
}

function apply(target: SparseBytes, change: Change): void {
  if (change.kind === 'write') target.write(change.bytes, change.position);
  else target.truncate(change.position);
}

/** A third each: dropped, kept, torn. A cut or extension is kept or dropped. */
function applyByChance(target: SparseBytes, change: Change, random: SeededRandom): void {
  const fate = random.integer(3);
  if (fate === 0) return;
  if (fate === 1) apply(target, change);
  else if (change.kind === 'write') applyTorn(target, change, random);
}

/**
 * Writes some sectors of a write and leaves the others as they were. Sectors are 512 B or 4 KiB, counted from the start of the file;
 * what survives is the head, the tail, or any subset. The file may have grown although the last bytes never arrived: they read as zeros.
 */
function applyTorn(target: SparseBytes, change: Change, random: SeededRandom): void {
  const sectorBytes = random.integer(2) === 0 ? 512 : 4096;
  const endPosition = change.position + change.bytes.length;
  const firstSector = Math.floor(change.position / sectorBytes);
  const sectorCount = Math.ceil(endPosition / sectorBytes) - firstSector;
  const shape = random.integer(3);
  const boundary = random.integer(sectorCount + 1);
  for (let sector = 0; sector < sectorCount; sector++) {
    const survives = shape === 0 ? sector < boundary : shape === 1 ? sector >= boundary : random.integer(2) === 0;
    if (!survives) continue;
    const from = Math.max(change.position, (firstSector + sector) * sectorBytes);
    const to = Math.min(endPosition, (firstSector + sector + 1) * sectorBytes);
    target.write(change.bytes.subarray(from - change.position, to - change.position), from);
  }
  if (random.integer(2) === 0 && endPosition > target.sizeBytes) target.truncate(endPosition);
}
