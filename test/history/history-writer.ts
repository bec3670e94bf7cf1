import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HistoryEntry, HistoryEvent } from './history-event.js';

/** Where a client writes what it did. */
export interface HistoryWriter {
  write(entry: HistoryEntry): void;
  /** Puts everything written so far into the file. A process that may be killed calls it after each invoke that matters. */
  flush(): void;
  /** Flushes; nothing may be written afterwards. */
  close(): void;
}

/** The two clocks of a history. */
export interface HistoryClock {
  monotonicMs(): number;
  wallMs(): number;
}

/** The machine's clocks: `hrtime` is CLOCK_MONOTONIC, which all processes of a machine share (`performance.now` begins anew in each). */
export const machineClock: HistoryClock = {
  monotonicMs: () => Number(process.hrtime.bigint() / 1000n) / 1000,
  wallMs: () => Date.now(),
};

const BUFFERED_CHARS_MAX = 64 * 1024;

/** A history in an append-only file of JSON lines: buffered, flushed when 64 KiB wait and when the process exits. */
export function openHistory(path: string, proc: string, clock: HistoryClock = machineClock): HistoryWriter {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  let lines = '';
  let isOpen = true;
  const flush = (): void => {
    if (!isOpen || lines === '') return;
    writeSync(file, lines);
    lines = '';
  };
  process.on('exit', flush);
  return {
    write(entry) {
      if (!isOpen) throw new Error(`history ${path} is closed`);
      lines += `${JSON.stringify(stamp(entry, proc, clock))}\n`;
      if (lines.length >= BUFFERED_CHARS_MAX) flush();
    },
    flush,
    close() {
      flush();
      if (isOpen) closeSync(file);
      isOpen = false;
      process.off('exit', flush);
    },
  };
}

/** A history in memory, for runs inside one process. Appends to `events`. */
export function memoryHistory(events: HistoryEvent[], proc: string, clock: HistoryClock): HistoryWriter {
  return {
    write: (entry) => void events.push(stamp(entry, proc, clock)),
    flush: () => {},
    close: () => {},
  };
}

function stamp(entry: HistoryEntry, proc: string, clock: HistoryClock): HistoryEvent {
  return { tMonoMs: clock.monotonicMs(), tWallMs: clock.wallMs(), proc, ...entry };
}
