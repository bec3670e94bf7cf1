// For applications' tests: `rookery/testing`.

export { MemoryFileSystem, MemoryNetwork, memoryPlatform, RecordingLogger, VirtualClock } from '#platform/testing';
export type { InMemoryBrokerOptions } from './in-memory-broker.js';
export { InMemoryBroker } from './in-memory-broker.js';
