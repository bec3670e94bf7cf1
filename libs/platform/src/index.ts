// For every library.
export type { Clock, Timer } from './clock.js';
export type { FileHandle, FileLock, FileSystem, FileSystemErrorCode, OpenMode } from './file-system.js';
export { FileSystemError } from './file-system.js';
export { hmacSha256, isSameSecret } from './hmac.js';
export { InvariantError, invariant } from './invariant.js';
export type { LogFields, Logger } from './logger.js';
export type { JsonLoggerOptions, LogLevel } from './node/json-logger.js';
export { JsonLogger, silentLogger } from './node/json-logger.js';
export { NodeClock } from './node/node-clock.js';
export { NodeFileSystem } from './node/node-file-system.js';
export { nodePlatform } from './node/node-platform.js';
export { NodeRandom } from './node/node-random.js';
export { NodeSockets } from './node/node-sockets.js';
export type { OptionProblem } from './options-error.js';
export { OptionsError } from './options-error.js';
export type { Platform } from './platform.js';
export type { Random } from './random.js';
export type { SocketErrorCode } from './socket-error.js';
export { SocketError } from './socket-error.js';
export type {
  ConnectOptions,
  Listener,
  Socket,
  SocketAddress,
  SocketEvents,
  Sockets,
} from './sockets.js';
