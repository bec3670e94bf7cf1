// For every library.
export type { Clock, Timer } from './clock.js';
export type { FileHandle, FileLock, FileSystem, FileSystemErrorCode, OpenMode } from './file-system.js';
export { FileSystemError } from './file-system.js';
export { InvariantError, invariant } from './invariant.js';
export type { LogFields, Logger } from './logger.js';
export type { OptionProblem } from './options-error.js';
export { OptionsError } from './options-error.js';
export type { Platform } from './platform.js';
export type { Random } from './random.js';
export type {
  ConnectOptions,
  Listener,
  Socket,
  SocketAddress,
  SocketErrorCode,
  SocketEvents,
  Sockets,
} from './sockets.js';
export { SocketError } from './sockets.js';
