import type { Random } from '#platform';
import { MessageSetError } from './message-set-error.js';

/** Bytes of a message id in the format; twice as many hex digits in text. */
export const MESSAGE_ID_BYTES = 16;

const PREFIX_BYTES = 10;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const NIBBLES = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 16; digit++) NIBBLES[digit.toString(16).charCodeAt(0)] = digit;

/**
 * Makes a generator of message ids: 10 random bytes drawn once, then a 6-byte counter. Two generators meet with
 * probability 2^-80; ids of one generator sort in the order they were made.
 */
export function createMessageIds(random: Random): () => string {
  const prefix = random.bytes(PREFIX_BYTES).toString('hex');
  let block = 0;
  let low = 0;
  let start = `${prefix}${'0'.repeat(8)}`;
  return () => {
    if (low === 0x10000) {
      low = 0;
      block += 1;
      start = prefix + block.toString(16).padStart(8, '0');
    }
    const id = `${start}${HEX[low >>> 8]}${HEX[low & 0xff]}`;
    low += 1;
    return id;
  };
}

/** Writes the 16 bytes of `id`. @throws {MessageSetError} 'bad-message-id' */
export function writeMessageId(target: Buffer, at: number, id: string): void {
  let problem = id.length === MESSAGE_ID_BYTES * 2 ? 0 : -1;
  for (let i = 0; i < MESSAGE_ID_BYTES && problem >= 0; i++) {
    const high = NIBBLES[id.charCodeAt(i * 2)] ?? -1;
    const low = NIBBLES[id.charCodeAt(i * 2 + 1)] ?? -1;
    problem = high | low;
    target[at + i] = (high << 4) | low;
  }
  if (problem < 0) throw new MessageSetError('bad-message-id', `'${id.slice(0, 40)}' is not 32 lower-case hex digits`);
}
