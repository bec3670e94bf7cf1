import {
  announcedEntryBytes,
  checkEntry,
  ENTRY,
  type EntryCheck,
  entryBytes,
  writeEntryHeader,
} from './entry.format.js';
import { encodeMessageSet, fillBrokerPart } from './message-set.format.js';

const POSITION = 2 ** 33 + 64;
const HEADER = { epoch: 5, position: POSITION, syncedTo: POSITION - 8, storedAtMs: 1_700_000_000_000 };

function set(topic: string): Buffer {
  const message = {
    messageId: 'ab'.repeat(16),
    type: 'normal',
    bornAtMs: 1,
    bodyEncoding: 'raw',
    body: Buffer.from('x'),
  } as const;
  const bytes = encodeMessageSet({
    kind: 'messages',
    topic,
    queueId: 1,
    producerId: 0,
    producerEpoch: 0,
    firstSequence: 0,
    messages: [message],
  });
  fillBrokerPart(bytes, 0, 3, 4);
  return bytes;
}

function entry(sets: readonly Buffer[] = [set('a'), set('bcd')]): Buffer {
  const setsBytes = sets.reduce((sum, each) => sum + each.length, 0);
  const bytes = Buffer.alloc(entryBytes(setsBytes));
  Buffer.concat(sets).copy(bytes, ENTRY.headerBytes);
  writeEntryHeader(bytes, 0, { ...HEADER, setCount: sets.length, sizeBytes: bytes.length });
  return bytes;
}

const kindOf = (bytes: Buffer, position = POSITION): EntryCheck['kind'] => checkEntry(bytes, 0, position).kind;

describe('an entry of the log', () => {
  it('gives back what its header was given', () => {
    const bytes = entry();
    expect(checkEntry(bytes, 0, POSITION)).toEqual({
      kind: 'entry',
      entry: { ...HEADER, setCount: 2, sizeBytes: bytes.length },
    });
    expect(announcedEntryBytes(bytes, 0)).toBe(bytes.length);
  });

  it('is known at another position as foreign', () =>
    expect(checkEntry(entry(), 0, POSITION + 8)).toEqual({ kind: 'foreign', position: POSITION }));

  it('is blank where nothing was written', () =>
    expect([0, 3, 56, 200].map((size) => kindOf(Buffer.alloc(size)))).toEqual(Array(4).fill('blank')));

  it('is torn at every length before its end', () => {
    const whole = entry();
    for (let length = 1; length < whole.length; length++) {
      expect([length, kindOf(whole.subarray(0, length))]).toEqual([length, 'torn']);
      const zeroed = Buffer.alloc(whole.length);
      whole.copy(zeroed, 0, 0, length);
      if (!zeroed.equals(whole)) expect([length, kindOf(zeroed)]).not.toEqual([length, 'entry']);
    }
  });

  it('is never taken for whole after a bit was flipped', () => {
    const bytes = entry();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      // Inside the buffer by the loop's bound.
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      expect([bit, ['torn', 'damaged'].includes(kindOf(bytes))]).toEqual([bit, true]);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    }
    expect(kindOf(bytes)).toBe('entry');
  });

  it('of a later version is told apart from a damaged one', () => {
    const bytes = entry([set('a')]);
    bytes[4] = 2;
    expect(kindOf(bytes)).toBe('damaged');
  });
});
