import { encodeMessageSet, type MessageSetView, type SetKind } from '#message-set';

/** Control messages need no identity: their place in the log is it. */
const NO_ID = '0'.repeat(32);

/** A state record or a snapshot part as a set ready for the log. */
export function encodeStateSet(kind: Extract<SetKind, 'control' | 'snapshot'>, body: Buffer): Buffer {
  const message = { messageId: NO_ID, type: 'normal', bornAtMs: 0, bodyEncoding: 'raw', body } as const;
  return encodeMessageSet({
    kind,
    topic: '',
    queueId: 0,
    producerId: 0,
    producerEpoch: 0,
    firstSequence: 0,
    messages: [message],
  });
}

/** The body of a control or snapshot set; shares memory with it. */
export function stateSetBody(view: MessageSetView): Buffer {
  // One message and no compression: the bodies block is the body.
  return view.bytes.subarray(view.bodiesAt, view.end);
}
