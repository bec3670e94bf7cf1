import { type MessageSetView, readU64, writeTagHashes, writeU64 } from '#message-set';

/**
 * One slot of a consume queue: where the message with this offset lies in the log.
 *
 *   byte 0          8      12          20
 *        +----------+------+-----------+
 *        | position | size | tag hash  |      big-endian
 *        | u64      | u32  | u64       |
 *        +----------+------+-----------+
 *
 * Position and size are those of the whole message set, so the messages of one set have equal positions. The tag hash is zero without a tag.
 * Slots are of fixed size: that of offset n is at (n - first offset of the file) * 20, so there is no index over the index.
 * Source: RocketMQ's consume queue unit. Reasons: docs/formats/consume-queue.md.
 */
export const SLOT_BYTES = 20;

/** Where a message set lies. */
export interface SetPlace {
  readonly position: number;
  readonly sizeBytes: number;
}

/** Writes the slots of all messages of the set in `view`, which lies at `position`, from `target[at]` on. */
export function writeSlots(target: Buffer, at: number, view: MessageSetView, position: number): void {
  const sizeBytes = view.end - view.at;
  for (let slot = 0, slotAt = at; slot < view.messageCount; slot++, slotAt += SLOT_BYTES) {
    writeU64(target, slotAt, position);
    target.writeUInt32BE(sizeBytes, slotAt + 8);
  }
  writeTagHashes(view, target, at + 12, SLOT_BYTES);
}

/** Reads a slot. A size of zero means that it was never written. */
export function readSlot(source: Buffer, at: number): SetPlace {
  return { position: readU64(source, at), sizeBytes: source.readUInt32BE(at + 8) };
}
