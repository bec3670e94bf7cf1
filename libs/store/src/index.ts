// For the broker's composition.

// For other libraries.
export type {
  Appended,
  ConfirmedListener,
  ConfirmedSet,
  MessageStore,
  QueueRange,
  StoredRead,
} from './message-store.js';
export { openMessageStore } from './open-message-store.js';
export type { StoreOptions } from './store.options.js';
export { resolveStoreOptions, storeDefaults } from './store.options.js';
export type { StoreErrorCode } from './store-error.js';
export { StoreError } from './store-error.js';
