// For applications and clients.

export type { SetCheck } from './check-message-set.js';
// For the store and the broker.
export { checkMessageSet, checkSetBytes, isBrokerPartIntact } from './check-message-set.js';
export { crcOf } from './crc32.js';
export type { MessageMeta, StoredMessage } from './decode-messages.js';
export { decodeMessages, messageIds, messageMetas, writeTagHashes } from './decode-messages.js';
export type { EntryCheck, EntryHeader } from './entry.format.js';
export {
  announcedEntryBytes,
  checkEntry,
  ENTRY_ALIGNMENT_BYTES,
  ENTRY_HEADER_BYTES,
  ENTRY_MAGIC,
  entryBytes,
  readEntryHeader,
  writeEntryHeader,
} from './entry.format.js';
export type {
  BodyEncoding,
  Compression,
  MessageDraft,
  MessageSetDraft,
  MessageType,
  SetKind,
} from './message.js';
export { BODY_ENCODINGS, COMPRESSIONS, MESSAGE_TYPES, SET_KINDS } from './message.js';
export { createMessageIds } from './message-id.js';
export type { MessageSetView } from './message-set.format.js';
export {
  BROKER_PART_BYTES,
  encodeMessageSet,
  fillBrokerPart,
  SET_HEADER_BYTES,
  setBytes,
  viewMessageSet,
} from './message-set.format.js';
export type { MessageSetErrorCode } from './message-set-error.js';
export { MessageSetError } from './message-set-error.js';
export { isTopicName } from './topic-name.js';
export { readU64, writeU64 } from './u64.js';
