import { encodeMessageSet, type MessageDraft } from '#message-set';
import type { MqError } from '../mq-error.js';
import { FSYNCED_ONCE, type SendReceipt } from '../send-receipt.js';

/** The promise of one message. Undefined for a one-way send. */
export type Waiter = {
  readonly resolve: (receipt: SendReceipt) => void;
  readonly reject: (error: MqError) => void;
};

/** One queue of a topic, as the producer fills it. */
export interface Lane {
  readonly topic: string;
  readonly queueId: number;
  /** The set that takes the next message; undefined = the next message begins one. */
  open: SetBatch | undefined;
  /** A set with ordering keys is on the way or waits to be sent again: no other set may overtake it. */
  isOrderedInFlight: boolean;
}

/** Messages of one (topic, queue) that will be one message set, with their waiters. Open until it is sent or full. */
export class SetBatch {
  readonly drafts: MessageDraft[] = [];
  sizeBytes = 0;
  /** True once a message has an ordering key: such sets of a lane go one at a time. */
  isOrdered = false;
  attemptCount = 0;
  /** An earlier attempt ended without an answer. */
  mayBeStored = false;
  /** The bytes of the attempt on the way. */
  encoded: Buffer | undefined;
  private readonly waiters: (Waiter | undefined)[] = [];

  /** `deadlineMs` is by the monotonic clock. `onAll`, if given, is told instead of single waiters: the set is one unit to its sender. */
  constructor(
    public lane: Lane,
    readonly deadlineMs: number,
    private readonly onAll: { resolve(receipts: SendReceipt[]): void; reject(error: MqError): void } | undefined,
  ) {}

  /** True if the set was given as one by its sender: it is never split or joined. */
  get isWhole(): boolean {
    return this.onAll !== undefined;
  }

  add(draft: MessageDraft, sizeBytes: number, waiter: Waiter | undefined): void {
    this.drafts.push(draft);
    this.waiters.push(waiter);
    this.sizeBytes += sizeBytes;
    if (draft.orderingKey !== undefined) this.isOrdered = true;
  }

  /** The set as bytes, with room for the broker part. @throws {MessageSetError} */
  encode(): Buffer {
    const { topic, queueId } = this.lane;
    return encodeMessageSet({
      kind: 'messages',
      topic,
      queueId,
      producerId: 0,
      producerEpoch: 0,
      firstSequence: 0,
      messages: this.drafts,
    });
  }

  placed(baseOffset: number): void {
    const receipts = this.onAll === undefined ? undefined : ([] as SendReceipt[]);
    for (let index = 0; index < this.drafts.length; index++) {
      const receipt = this.receiptOf(index, baseOffset);
      receipts?.push(receipt);
      this.waiters[index]?.resolve(receipt);
    }
    if (receipts !== undefined) this.onAll?.resolve(receipts);
  }

  /** Returns how many messages nobody waits for: their failure is seen only in the counters. */
  failed(error: MqError): number {
    if (this.onAll !== undefined) {
      this.onAll.reject(error);
      return 0;
    }
    let unseenCount = 0;
    for (const waiter of this.waiters) {
      if (waiter === undefined) unseenCount += 1;
      else waiter.reject(error);
    }
    return unseenCount;
  }

  private receiptOf(index: number, baseOffset: number): SendReceipt {
    const { topic, queueId } = this.lane;
    const messageId = this.drafts[index]?.messageId ?? '';
    return { kind: 'placed', messageId, topic, queueId, offset: baseOffset + index, durability: FSYNCED_ONCE };
  }
}
