import { crcOf, readU64, writeU64 } from '#message-set';

/**
 * How far the derived files are durable. Two generations lie in one file, at 0 and at 4096; they are overwritten in turns, so
 * a torn write leaves the other one. Big-endian.
 *
 *   byte 0       4         8            16        32         40      44         48          56         64          72         76      80
 *        +-------+---------+------------+---------+----------+-------+----------+-----------+----------+-----------+----------+-------+
 *        | magic | version | generation | storeId | position | epoch | reserved | lastEntry | replay   | slotCount | reserved | crc   |
 *        | RKCP  | u32     | u64        | 16      | u64      | u32   | u32      | position  | position | u64       | u32      | u32   |
 *        +-------+---------+------------+---------+----------+-------+----------+-----------+----------+-----------+----------+-------+
 *
 * The crc covers bytes 0 to 75. Reasons: docs/formats/checkpoint.md.
 */
export const CHECKPOINT_BYTES = 80;

/** Distance of the two generations: at least a sector of any disk, so one torn write never hits both. */
export const CHECKPOINT_STRIDE_BYTES = 4096;

/** What a checkpoint says. */
export interface Checkpoint {
  /** Rises by one with each checkpoint of a store. */
  readonly generation: number;
  /** 32 hex digits: the store that it belongs to. */
  readonly storeId: string;
  /** Slots of every set before this position of the log are in synced files; entries may follow it. */
  readonly position: number;
  /** Entries from `position` on have this epoch or a higher one. */
  readonly epoch: number;
  /** Where the entry starts that ends at `position`; equal to `position` if there is none. Proves that checkpoint and log belong together. */
  readonly lastEntryPosition: number;
  /** Listeners see sets again from here on. */
  readonly replayPosition: number;
  /** Slots of all queues together before `position`: whether a file is missing shows in the sum. */
  readonly slotCount: number;
}

const MAGIC = 0x524b4350;
const VERSION = 1;
const CRC_AT = 76;

/** The bytes of one generation. */
export function writeCheckpoint(checkpoint: Checkpoint): Buffer {
  const bytes = Buffer.alloc(CHECKPOINT_BYTES);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(VERSION, 4);
  writeU64(bytes, 8, checkpoint.generation);
  bytes.write(checkpoint.storeId, 16, 'hex');
  writeU64(bytes, 32, checkpoint.position);
  bytes.writeUInt32BE(checkpoint.epoch, 40);
  writeU64(bytes, 48, checkpoint.lastEntryPosition);
  writeU64(bytes, 56, checkpoint.replayPosition);
  writeU64(bytes, 64, checkpoint.slotCount);
  bytes.writeUInt32BE(crcOf(bytes, 0, CRC_AT), CRC_AT);
  return bytes;
}

/** The generation at `at`, or undefined if it is missing, torn, or of another version: a checkpoint is derived and may always be missing. */
export function readCheckpoint(bytes: Buffer, at: number): Checkpoint | undefined {
  if (bytes.length - at < CHECKPOINT_BYTES || bytes.readUInt32BE(at) !== MAGIC) return undefined;
  if (bytes.readUInt32BE(at + CRC_AT) !== crcOf(bytes, at, at + CRC_AT)) return undefined;
  if (bytes.readUInt32BE(at + 4) !== VERSION) return undefined;
  return {
    generation: readU64(bytes, at + 8),
    storeId: bytes.toString('hex', at + 16, at + 32),
    position: readU64(bytes, at + 32),
    epoch: bytes.readUInt32BE(at + 40),
    lastEntryPosition: readU64(bytes, at + 48),
    replayPosition: readU64(bytes, at + 56),
    slotCount: readU64(bytes, at + 64),
  };
}
