import { crcOf } from '#message-set';
import { StoreError } from './store-error.js';

/**
 * What a data directory is: which store, which format, how often it was started. Big-endian.
 *
 *   byte 0       4         8         24      28      32
 *        +-------+---------+---------+-------+-------+
 *        | magic | version | storeId | epoch | crc   |   crc of bytes 0 to 27
 *        | RKST  | u32     | 16      | u32   | u32   |
 *        +-------+---------+---------+-------+-------+
 *
 * Replaced as a whole (write a new file, sync, rename, sync the directory), so there is always an old or a new one. docs/formats/store-meta.md.
 */
export const STORE_META_BYTES = 32;

/** What the file says. */
export interface StoreMeta {
  /** 32 hex digits, drawn when the directory was made. */
  readonly storeId: string;
  /** Number of the latest start. */
  readonly epoch: number;
}

const MAGIC = 0x524b5354;
const VERSION = 1;
const CRC_AT = 28;

/** The bytes of the file. */
export function writeStoreMeta(meta: StoreMeta): Buffer {
  const bytes = Buffer.alloc(STORE_META_BYTES);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(VERSION, 4);
  bytes.write(meta.storeId, 8, 'hex');
  bytes.writeUInt32BE(meta.epoch, 24);
  bytes.writeUInt32BE(crcOf(bytes, 0, CRC_AT), CRC_AT);
  return bytes;
}

/** @throws {StoreError} 'damaged' when the bytes are not those of a meta file; 'newer-format' */
export function readStoreMeta(bytes: Buffer, path: string): StoreMeta {
  if (
    bytes.length < STORE_META_BYTES ||
    bytes.readUInt32BE(0) !== MAGIC ||
    bytes.readUInt32BE(CRC_AT) !== crcOf(bytes, 0, CRC_AT)
  ) {
    throw new StoreError('damaged', `${path} is not the meta file of a store`);
  }
  const version = bytes.readUInt32BE(4);
  if (version !== VERSION)
    throw new StoreError('newer-format', `${path} has format ${version}, this program knows ${VERSION}`);
  return { storeId: bytes.toString('hex', 8, 24), epoch: bytes.readUInt32BE(24) };
}
