// For rpc: connections.
export type { ConnectionWorld, FrameReceiver } from './connection.js';
export { Connection } from './connection.js';
export { ConnectionSweep } from './connection-sweep.js';
export type { GreetingResult } from './greeting.js';
export { ClientGreeting, ServerGreeting } from './greeting.js';
export type { TransportOptions, TransportSettings } from './transport.options.js';
export { resolveTransportOptions, transportDefaults } from './transport.options.js';
export type { TransportErrorCode } from './transport-error.js';
export { TransportError } from './transport-error.js';
