import { encodeMessageSet, type SetKind } from '#message-set';

/** What a sample set is made of. */
export interface SampleSet {
  readonly topic?: string;
  readonly queueId?: number;
  readonly kind?: SetKind;
  /** One message for each; the text is its body. */
  readonly bodies: readonly string[];
  readonly tag?: string;
}

/** A set as a producer would send it, for tests: the message ids count up from zero within the set. */
export function sampleSet(sample: SampleSet): Buffer {
  const { topic = 'orders', queueId = 0, kind = 'messages', bodies, tag } = sample;
  return encodeMessageSet({
    kind,
    topic: kind === 'messages' ? topic : '',
    queueId,
    producerId: 0,
    producerEpoch: 0,
    firstSequence: 0,
    messages: bodies.map((body, index) => ({
      messageId: index.toString(16).padStart(32, '0'),
      type: 'normal',
      tag,
      bornAtMs: 1,
      bodyEncoding: 'raw',
      body: Buffer.from(body),
    })),
  });
}
