import type { SocketAddress } from '#platform';
import type { InboundCall } from './inbound-call.js';

/**
 * Answers calls to one route. Returns a value, a promise of one, or an `AnswerStream` (or a promise of that).
 * What it throws becomes an ERROR frame with `executed: true`. A `Buffer` result is sent raw, untouched.
 */
export type RpcHandler = (call: InboundCall) => unknown;

/** Listens for Rookery connections and serves calls by route. */
export interface RpcServer {
  /** The real address once listening. @throws {RpcError} FAILED_PRECONDITION before that. */
  readonly address: SocketAddress;
  /** Adds the handler of a route for calls, before `listen`. One per route: a second is refused with ALREADY_EXISTS. */
  onCall(route: string, handler: RpcHandler): void;
  /** Adds a handler of a route for one-way events; several may share a route, each runs on its own. */
  onEvent(route: string, handler: RpcHandler): void;
  /** Starts accepting. @throws {SocketError} when the address cannot be used. */
  listen(): Promise<void>;
  /** GOAWAY, refuse new calls as not executed, wait for running ones up to the drain timeout, then close. May be called twice. */
  close(): Promise<void>;
}
