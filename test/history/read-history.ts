import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from './history-event.js';

const CHUNK_BYTES = 1 << 20;

/** The events of one history file, line by line. A last line without its end (its writer was killed) is left out. */
export function* readHistory(path: string): Generator<HistoryEvent> {
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  try {
    for (;;) {
      const count = readSync(file, chunk, 0, CHUNK_BYTES, null);
      if (count === 0) return;
      const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
      const end = bytes.lastIndexOf(0x0a);
      rest = Buffer.from(bytes.subarray(end + 1));
      if (end < 0) continue;
      for (const line of bytes.toString('utf8', 0, end).split('\n')) {
        if (line !== '') yield JSON.parse(line) as HistoryEvent; // Written by HistoryWriter.
      }
    }
  } finally {
    closeSync(file);
  }
}

/** The events of every `*.jsonl` in the folder, file after file. */
export function* readHistories(folder: string): Generator<HistoryEvent> {
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.jsonl')) yield* readHistory(join(folder, name));
  }
}
