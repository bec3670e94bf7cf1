// For applications and clients.
export type { SetCheck } from './check-message-set.js';
// For the store and the broker.
export { checkMessageSet, checkSetBytes, isBrokerPartIntact } from './check-message-set.js';
export { crcOf } from './crc32.js';
export type { MessageMeta, StoredMessage } from './decode-messages.js';
export { decodeMessages, messageIds, messageMetas, writeTagHashes } from './decode-messages.js';
export type { EntryCheck, EntryHeader } from './entry.format.js';
export { announcedEntryBytes, checkEntry, ENTRY, entryBytes, writeEntryHeader } from './entry.format.js';
export type { BodyEncoding, MessageDraft, MessageType } from './message.js';
export { BODY_ENCODINGS, MESSAGE_TYPES } from './message.js';
export { createMessageIds } from './message-id.js';
export {
  BROKER_PART_BYTES,
  encodeMessageSet,
  fillBrokerPart,
  SET_HEADER_BYTES,
  setBytes,
} from './message-set.format.js';
export type { Compression, MessageSetDraft, SetKind } from './message-set.js';
export { COMPRESSIONS, SET_KINDS } from './message-set.js';
export type { MessageSetErrorCode } from './message-set-error.js';
export { MessageSetError } from './message-set-error.js';
export type { MessageSetView } from './message-set-view.js';
export { viewMessageSet } from './message-set-view.js';
export { isTopicName } from './topic-name.js';
export { readU64, writeU64 } from './u64.js';
