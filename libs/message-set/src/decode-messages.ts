import type { MessageDraft } from './message.js';
import { MESSAGE_ID_BYTES } from './message-id.js';
import { META, META_FIXED_BYTES, type MessageFields, readMeta } from './message-meta.format.js';
import { MessageSetError } from './message-set-error.js';
import type { MessageSetView } from './message-set-view.js';
import { TAG_HASH_BYTES, writeTagHash } from './tag-hash.js';

/** A message read back, with its place in its queue. `body` is a part of the set's buffer, not a copy. */
export interface StoredMessage extends MessageDraft {
  /** Offset in the queue; -1 in sets that take none. */
  readonly offset: number;
  readonly body: Buffer;
}

/** What can be known of a message without its body. */
export interface MessageMeta extends MessageFields {
  /** Offset in the queue; -1 in sets that take none. */
  readonly offset: number;
  readonly bodyBytes: number;
}

/**
 * All messages of a set, in order. The set must have passed `checkMessageSet`.
 * @throws {MessageSetError} 'unsupported-compression'
 */
export function decodeMessages(view: MessageSetView): StoredMessage[] {
  if (view.compression !== 'none') {
    throw new MessageSetError('unsupported-compression', `bodies are compressed with ${view.compression}`);
  }
  const { bytes, bodiesAt } = view;
  const messages: StoredMessage[] = [];
  for (let at = view.metasAt; at < bodiesAt; at += bytes.readUInt32BE(at)) {
    const start = bodiesAt + bytes.readUInt32BE(at + META.bodyStartAt);
    const body = bytes.subarray(start, start + bytes.readUInt32BE(at + META.bodyLengthAt));
    messages.push({ ...readMeta(bytes, at), offset: offsetAt(view, at), body });
  }
  return messages;
}

/** The metas of a set one by one, each decoded when it is asked for. The set must have passed `checkMessageSet`. */
export function* messageMetas(view: MessageSetView): Generator<MessageMeta, void> {
  const { bytes, bodiesAt } = view;
  for (let at = view.metasAt; at < bodiesAt; at += bytes.readUInt32BE(at)) {
    yield { ...readMeta(bytes, at), offset: offsetAt(view, at), bodyBytes: bytes.readUInt32BE(at + META.bodyLengthAt) };
  }
}

/** The ids of a set's messages, in order, without decoding anything else. */
export function messageIds(view: MessageSetView): string[] {
  const { bytes, bodiesAt } = view;
  const ids: string[] = [];
  for (let at = view.metasAt; at < bodiesAt; at += bytes.readUInt32BE(at)) {
    ids.push(bytes.toString('hex', at + META.idAt, at + META.idAt + MESSAGE_ID_BYTES));
  }
  return ids;
}

/** Writes the tag hash of every message of the set at `target[at]`, `target[at + strideBytes]` and so on; zero where there is no tag. */
export function writeTagHashes(view: MessageSetView, target: Buffer, at: number, strideBytes: number): void {
  const { bytes, bodiesAt } = view;
  let hashAt = at;
  for (let metaAt = view.metasAt; metaAt < bodiesAt; metaAt += bytes.readUInt32BE(metaAt)) {
    if (bytes.readUInt16BE(metaAt + META.presentAt) & META.tag) {
      // The tag is the first optional field: one length byte, then the text.
      const tagAt = metaAt + META_FIXED_BYTES + 1;
      writeTagHash(target, hashAt, bytes, tagAt, tagAt + bytes.readUInt8(tagAt - 1));
    } else {
      target.fill(0, hashAt, hashAt + TAG_HASH_BYTES);
    }
    hashAt += strideBytes;
  }
}

function offsetAt(view: MessageSetView, metaAt: number): number {
  return view.baseOffset < 0 ? -1 : view.baseOffset + view.bytes.readUInt32BE(metaAt + META.offsetDeltaAt);
}
