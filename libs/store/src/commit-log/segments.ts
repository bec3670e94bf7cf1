import type { FileSystem } from '#platform';
import type { StoreOptions } from '../store.options.js';
import { StoreError } from '../store-error.js';

/** One file of the log: bytes `[startPosition, startPosition + sizeBytes)`. */
export interface Segment {
  readonly startPosition: number;
  readonly sizeBytes: number;
}

/** The files of one log, ascending and without a gap, in `<dataDir>/log`, named by their start position in 20 digits. */
export class Segments {
  constructor(
    readonly directory: string,
    private readonly list: Segment[],
  ) {}

  get all(): readonly Segment[] {
    return this.list;
  }

  pathOf(segment: Segment): string {
    return `${this.directory}/${segmentName(segment.startPosition)}`;
  }

  /** The segment that holds `position`. */
  at(position: number): Segment | undefined {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // Inside the list by the search's bounds.
      if ((this.list[middle] as Segment).startPosition <= position) low = middle + 1;
      else high = middle;
    }
    const segment = this.list[low - 1];
    return segment !== undefined && position < endOf(segment) ? segment : undefined;
  }

  /** First position after the last segment; 0 if there is none. */
  get endPosition(): number {
    const last = this.list.at(-1);
    return last === undefined ? 0 : endOf(last);
  }

  /** The segment that holds `position`, or the one that will when the log gets there. */
  planned(position: number, plan: SegmentPlan): Segment {
    const existing = this.at(position);
    if (existing !== undefined) return existing;
    let startPosition = this.endPosition;
    let sizeBytes = nextSegmentBytes(this.list.at(-1)?.sizeBytes ?? 0, plan);
    while (position >= startPosition + sizeBytes) {
      startPosition += sizeBytes;
      sizeBytes = nextSegmentBytes(sizeBytes, plan);
    }
    return { startPosition, sizeBytes };
  }

  add(segment: Segment): void {
    this.list.push(segment);
  }

  removeLast(): void {
    this.list.pop();
  }
}

/** What of the options decides the sizes of segments. */
type SegmentPlan = Pick<StoreOptions, 'segmentBytes' | 'entryBytesMax'>;

/** A new log begins with a segment of this size, so that a first start does not wait for `segmentBytes` of zeros. */
const FIRST_SEGMENT_BYTES = 16 * 1024 * 1024;

/** The smallest segment that is made: any entry fits. */
export function firstSegmentBytes({ segmentBytes, entryBytesMax }: SegmentPlan): number {
  return Math.min(segmentBytes, Math.max(FIRST_SEGMENT_BYTES, Math.ceil(entryBytesMax / 4096) * 4096));
}

/** Segments double up to `segmentBytes`: the next one is ready in about the time in which the current one fills. */
function nextSegmentBytes(lastBytes: number, plan: SegmentPlan): number {
  return Math.min(plan.segmentBytes, Math.max(firstSegmentBytes(plan), 2 * lastBytes));
}

/** First position after `segment`. */
export function endOf(segment: Segment): number {
  return segment.startPosition + segment.sizeBytes;
}

/** The file name of the segment that starts at `position`. */
export function segmentName(position: number): string {
  return String(position).padStart(20, '0');
}

/** Reads which segments there are. @throws {StoreError} 'damaged' when one is missing between two others. */
export async function listSegments(files: FileSystem, directory: string): Promise<Segments> {
  const list: Segment[] = [];
  for (const name of await files.list(directory)) {
    if (!/^\d{20}$/.test(name)) continue;
    const sizeBytes = await files.sizeBytes(`${directory}/${name}`);
    const startPosition = Number(name);
    const last = list.at(-1);
    if (last !== undefined && endOf(last) !== startPosition) {
      throw new StoreError(
        'damaged',
        `${directory}: after the segment that ends at ${endOf(last)} comes one that starts at ${startPosition}`,
      );
    }
    if (sizeBytes === undefined || !Number.isSafeInteger(startPosition))
      throw new StoreError('damaged', `${directory}/${name} is not a segment`);
    list.push({ startPosition, sizeBytes });
  }
  return new Segments(directory, list);
}
