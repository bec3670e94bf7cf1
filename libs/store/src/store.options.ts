import { type OptionProblem, OptionsError } from '#platform';

/** How one store uses its disk and its memory. */
export interface StoreOptions {
  /** Directory of this store alone; made if missing. */
  readonly dataDir: string;
  /** Size of a log segment, in bytes: a multiple of 4096, at least 1 MiB. A new log begins with 16 MiB and doubles up to it; the next one is always allocated. */
  readonly segmentBytes: number;
  /** Largest entry (all sets of one append with their header), in bytes. Must fit a segment; by default at most a segment. */
  readonly entryBytesMax: number;
  /** Largest group of entries written and synced together, in bytes; one entry may be larger. */
  readonly groupBytesMax: number;
  /** Bytes that may wait for the disk before `append` refuses with 'overloaded'. */
  readonly waitingBytesMax: number;
  /** Bytes of the log's end kept in memory for reads, beyond what waits for the disk. */
  readonly tailCacheBytes: number;
  /** Longest time between two checkpoints while something is written, in ms: bounds what a start reads again. */
  readonly checkpointIntervalMs: number;
  /** Free bytes on the disk under which messages are refused with 'disk-full'. */
  readonly minFreeBytes: number;
  /** How often the free space is looked at, and a missing segment tried again, in ms. */
  readonly spaceCheckIntervalMs: number;
  /** Slots in one consume queue file, 20 bytes each. A store keeps the number that it began with. */
  readonly slotCountPerFile: number;
  /** Files kept open for reading the log and for the consume queues. */
  readonly openFileCountMax: number;
}

/** What is used where nothing is given. */
export const storeDefaults: Omit<StoreOptions, 'dataDir'> = Object.freeze({
  segmentBytes: 256 * 1024 * 1024,
  entryBytesMax: 16 * 1024 * 1024,
  groupBytesMax: 1024 * 1024,
  waitingBytesMax: 64 * 1024 * 1024,
  tailCacheBytes: 64 * 1024 * 1024,
  checkpointIntervalMs: 2000,
  minFreeBytes: 64 * 1024 * 1024,
  spaceCheckIntervalMs: 1000,
  slotCountPerFile: 262_144,
  openFileCountMax: 128,
});

const RANGES: readonly [keyof Omit<StoreOptions, 'dataDir'>, number, number][] = [
  ['segmentBytes', 1024 * 1024, 2 ** 31],
  ['entryBytesMax', 4096, 64 * 1024 * 1024],
  ['groupBytesMax', 4096, 64 * 1024 * 1024],
  ['waitingBytesMax', 1024 * 1024, 2 ** 31],
  ['tailCacheBytes', 0, 2 ** 36],
  ['checkpointIntervalMs', 10, 3_600_000],
  ['minFreeBytes', 0, Number.MAX_SAFE_INTEGER],
  ['spaceCheckIntervalMs', 10, 3_600_000],
  ['slotCountPerFile', 1024, 2 ** 26],
  ['openFileCountMax', 4, 65_536],
];

/** The only place where StoreOptions are made. @throws {OptionsError} with every problem found */
export function resolveStoreOptions(given: Partial<StoreOptions> & Pick<StoreOptions, 'dataDir'>): StoreOptions {
  const merged: StoreOptions = { ...storeDefaults, ...given };
  // Who asks for small segments gets a limit for entries that fits them, unless he asks for that too.
  const entryBytesMax = given.entryBytesMax ?? Math.min(storeDefaults.entryBytesMax, merged.segmentBytes);
  const options: StoreOptions = { ...merged, entryBytesMax };
  const problems: OptionProblem[] = [];
  const refuse = (name: string, problem: string) => problems.push({ path: `store.${name}`, problem });
  if (typeof options.dataDir !== 'string' || options.dataDir === '') refuse('dataDir', 'must name a directory');
  for (const [name, least, most] of RANGES) {
    const value = options[name];
    if (!Number.isInteger(value) || value < least || value > most)
      refuse(name, `${value} is not a whole number in [${least}, ${most}]`);
  }
  if (options.segmentBytes % 4096 !== 0) refuse('segmentBytes', `${options.segmentBytes} is not a multiple of 4096`);
  if (options.entryBytesMax > options.segmentBytes)
    refuse('entryBytesMax', 'must not be above segmentBytes: an entry never crosses a segment');
  if (options.waitingBytesMax < options.entryBytesMax) refuse('waitingBytesMax', 'must not be below entryBytesMax');
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze(options);
}
