/** One entry of a group, in the memory from which it is written. */
export interface PlacedEntry {
  readonly bytes: Buffer;
  readonly at: number;
  readonly position: number;
  readonly sizeBytes: number;
  readonly setCount: number;
  readonly storedAtMs: number;
}

/**
 * Entries that are written and synced together, next to each other in one segment. All who wait for one share one promise.
 * Phases: gathering, then sealed (nothing is added any more), then settled.
 */
export class CommitGroup {
  readonly entries: PlacedEntry[] = [];
  readonly durable: Promise<void>;
  endPosition: number;
  isSealed = false;
  /** Replaced at once by the promise below. */
  private resolveDurable: () => void = () => {};
  private rejectDurable: (reason: Error) => void = () => {};

  constructor(
    readonly segmentStart: number,
    readonly startPosition: number,
  ) {
    this.endPosition = startPosition;
    this.durable = new Promise((resolve, reject) => {
      this.resolveDurable = resolve;
      this.rejectDurable = reject;
    });
    // Not everybody who appends waits; a rejection that nobody waits for must not end the process.
    this.durable.catch(() => {});
  }

  get sizeBytes(): number {
    return this.endPosition - this.startPosition;
  }

  add(entry: PlacedEntry): void {
    this.entries.push(entry);
    this.endPosition += entry.sizeBytes;
  }

  confirm(): void {
    this.resolveDurable();
  }

  fail(reason: Error): void {
    this.rejectDurable(reason);
  }
}
