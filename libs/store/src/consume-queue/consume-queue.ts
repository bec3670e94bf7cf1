import type { MessageSetView } from '#message-set';
import { invariant } from '#platform';
import { readSlot, type SetPlace, SLOT_BYTES, writeSlots } from './consume-queue.format.js';

const FIRST_SLOT_COUNT = 64;
/** Saved slots kept in memory where there is room: what consumers at the end of the queue ask for. */
const KEPT_SLOT_COUNT = 1024;

/**
 * The slots of one (topic, queue): in files up to `savedOffset`, in memory from `tailOffset` on.
 *
 * Invariant: startOffset <= tailOffset <= savedOffset <= endOffset <= nextOffset. `endOffset` is confirmed, `nextOffset` was given out.
 * A memory block is never changed where a file write may still read it: it is replaced.
 */
export class ConsumeQueue {
  readonly startOffset = 0;
  nextOffset: number;
  endOffset: number;
  savedOffset: number;
  private tailOffset: number;
  private tail = Buffer.alloc(0);

  constructor(
    readonly topic: string,
    readonly queueId: number,
    endOffset: number,
  ) {
    this.nextOffset = endOffset;
    this.endOffset = endOffset;
    this.savedOffset = endOffset;
    this.tailOffset = endOffset;
  }

  get unsavedBytes(): number {
    return (this.endOffset - this.savedOffset) * SLOT_BYTES;
  }

  /** Memory of the slots, used or not. */
  get heldBytes(): number {
    return this.tail.length;
  }

  /** Adds the slots of a confirmed set. */
  add(view: MessageSetView, position: number): void {
    invariant(
      view.baseOffset === this.endOffset,
      `${this.topic}/${this.queueId} goes on at ${this.endOffset}, not at ${view.baseOffset}`,
    );
    this.makeRoom(view.messageCount);
    writeSlots(this.tail, (this.endOffset - this.tailOffset) * SLOT_BYTES, view, position);
    this.endOffset += view.messageCount;
    if (this.nextOffset < this.endOffset) this.nextOffset = this.endOffset;
  }

  /** The place of the set with the message `offset`, if the slot is in memory. */
  placeInMemory(offset: number): SetPlace | undefined {
    return offset >= this.tailOffset && offset < this.endOffset
      ? readSlot(this.tail, (offset - this.tailOffset) * SLOT_BYTES)
      : undefined;
  }

  /** The slots that are in no file yet, up to `slotCountMax`. The bytes stay as they are. */
  unsaved(slotCountMax: number): Buffer {
    const from = (this.savedOffset - this.tailOffset) * SLOT_BYTES;
    const count = Math.min(this.endOffset - this.savedOffset, slotCountMax);
    return this.tail.subarray(from, from + count * SLOT_BYTES);
  }

  /** Gives up memory for slots that are in files. */
  shrink(): void {
    this.replaceTail(this.endOffset - this.savedOffset, 0);
  }

  private makeRoom(slotCount: number): void {
    const heldCount = this.endOffset - this.tailOffset;
    if ((heldCount + slotCount) * SLOT_BYTES <= this.tail.length) return;
    const keptCount = Math.max(this.endOffset - this.savedOffset, Math.min(heldCount, KEPT_SLOT_COUNT));
    this.replaceTail(keptCount, Math.max(slotCount, keptCount, FIRST_SLOT_COUNT));
  }

  /** Keeps the last `keptCount` slots, with room for `freeCount` more. */
  private replaceTail(keptCount: number, freeCount: number): void {
    const replaced = Buffer.allocUnsafe((keptCount + freeCount) * SLOT_BYTES);
    this.tail.copy(
      replaced,
      0,
      (this.endOffset - keptCount - this.tailOffset) * SLOT_BYTES,
      (this.endOffset - this.tailOffset) * SLOT_BYTES,
    );
    this.tail = replaced;
    this.tailOffset = this.endOffset - keptCount;
  }
}
