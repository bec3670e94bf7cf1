import { BROKER_PART_BYTES, checkSetBytes, isBrokerPartIntact } from '#message-set';
import type { FileSystem } from '#platform';
import type { Segments } from './commit-log/segments.js';
import type { TailCache } from './commit-log/tail-cache.js';
import type { SetPlace } from './consume-queue/consume-queue.format.js';
import { FileHandles } from './file-handles.js';
import { StoreError } from './store-error.js';

/** Sets this close to each other are read together: what lies between costs less than another read. */
const GAP_BYTES_MAX = 16 * 1024;

/** Reads sets by their place: from memory if they are there, else from the files, in runs as long as they lie near each other. */
export class LogReader {
  private readonly handles: FileHandles;

  constructor(
    files: FileSystem,
    private readonly segments: Segments,
    private readonly tail: TailCache,
    openFileCountMax: number,
  ) {
    this.handles = new FileHandles(files, 'read', openFileCountMax);
  }

  /** The bytes of the sets at `places` (ascending), one buffer each. @throws {StoreError} 'damaged' when they are not as they were written. */
  async read(places: readonly SetPlace[]): Promise<Buffer[]> {
    const sets: Buffer[] = [];
    let next = 0;
    while (next < places.length) {
      // Inside the list by the loop's bound.
      const place = places[next] as SetPlace;
      const cached = this.tail.slice(place.position, place.sizeBytes);
      if (cached !== undefined) {
        sets.push(cached);
        next += 1;
        continue;
      }
      const end = this.runEnd(places, next);
      sets.push(...(await this.readRun(places.slice(next, end))));
      next = end;
    }
    return sets;
  }

  close(): Promise<void> {
    return this.handles.close();
  }

  /** Index after the last place that is read together with that at `from`. */
  private runEnd(places: readonly SetPlace[], from: number): number {
    let last = places[from] as SetPlace; // The caller gives an index of the list.
    const segment = this.segments.at(last.position);
    let index = from + 1;
    for (let place = places[index]; place !== undefined; place = places[++index]) {
      const gap = place.position - last.position - last.sizeBytes;
      if (gap < 0 || gap > GAP_BYTES_MAX || this.segments.at(place.position) !== segment) break;
      last = place;
    }
    return index;
  }

  private async readRun(run: readonly SetPlace[]): Promise<Buffer[]> {
    const first = run[0] as SetPlace; // A run has at least one place.
    const last = run.at(-1) as SetPlace;
    const segment = this.segments.at(first.position);
    if (segment === undefined)
      throw new StoreError('damaged', `position ${first.position} is in no segment of the log`);
    const bytes = Buffer.allocUnsafeSlow(last.position + last.sizeBytes - first.position);
    const got = await this.handles.use(this.segments.pathOf(segment), (handle) =>
      handle.read(bytes, first.position - segment.startPosition),
    );
    return run.map((place) => {
      const at = place.position - first.position;
      const set = bytes.subarray(at, Math.min(at + place.sizeBytes, got));
      checkStoredSet(set, place);
      return set;
    });
  }
}

function checkStoredSet(set: Buffer, place: SetPlace): void {
  if (set.length !== place.sizeBytes || set.length < BROKER_PART_BYTES) {
    throw new StoreError('damaged', `set at ${place.position}: ${set.length} of ${place.sizeBytes} bytes`);
  }
  const check = checkSetBytes(set, 0);
  if (check.kind === 'problem') throw new StoreError('damaged', `set at ${place.position}: ${check.detail}`);
  if (check.sizeBytes !== place.sizeBytes)
    throw new StoreError('damaged', `set at ${place.position}: ${check.sizeBytes} bytes instead of ${place.sizeBytes}`);
  if (!isBrokerPartIntact(set, 0)) throw new StoreError('damaged', `set at ${place.position}: a damaged broker part`);
}
