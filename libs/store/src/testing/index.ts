// For specs, test/ and bench/ of every library.
export type { StoreUnderTest } from './describe-message-store.js';
export { describeMessageStore } from './describe-message-store.js';
export type { AckBefore } from './lying-files.js';
export { openLyingMessageStore } from './lying-files.js';
export type { SampleSet } from './sample-sets.js';
export { sampleSet } from './sample-sets.js';
export type { OpenedStore } from './store-under-test.js';
export { bodiesOf, openSmall, RecordingListener, smallStore, storeMachine } from './store-under-test.js';
