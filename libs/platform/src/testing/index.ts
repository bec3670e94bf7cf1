// For specs, test/ and bench/ of every library: the simulated world.
export type { FileOperation, FileOperationKind, PathMatch, PlannedFault } from '../simulated/fault-plan.js';
export { FaultPlan } from '../simulated/fault-plan.js';
export type { DiskImage } from '../simulated/memory-disk.js';
export { MemoryDisk } from '../simulated/memory-disk.js';
export type { UnsyncedFate } from '../simulated/memory-file.js';
export type { MemoryFileSystemOptions } from '../simulated/memory-file-system.js';
export { MemoryFileSystem } from '../simulated/memory-file-system.js';
export type { LinkLatency } from '../simulated/memory-link.js';
export type { MemoryNetworkOptions } from '../simulated/memory-network.js';
export { MemoryNetwork } from '../simulated/memory-network.js';
export type { MemoryPlatform } from '../simulated/memory-platform.js';
export { memoryPlatform } from '../simulated/memory-platform.js';
export type { LogRecord } from '../simulated/recording-logger.js';
export { RecordingLogger } from '../simulated/recording-logger.js';
export { SeededRandom } from '../simulated/seeded-random.js';
export { VirtualClock } from '../simulated/virtual-clock.js';
