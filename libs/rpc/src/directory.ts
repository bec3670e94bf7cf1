import type { SocketAddress } from '#platform';
import type { Metadata } from './inbound-call.js';

/** One reachable instance of a service. */
export interface Endpoint {
  /** Unique in the service, stable for the life of the instance. */
  readonly instanceId: string;
  readonly address: SocketAddress;
  readonly version: string;
  /** Share of traffic relative to the others; 0 = drained. */
  readonly weight: number;
  readonly metadata: Metadata;
}

/**
 * Who serves what, right now. Declared here so that rpc does not know the registry; the registry's client satisfies it.
 */
export interface Directory {
  /** The instances known now; empty if none is known. Never waits: the same frozen array until the list changes. */
  endpoints(service: string): readonly Endpoint[];
  /** Starts following `service`; calls `listener` on every change. Returns a function that stops it. */
  watch(service: string, listener: (endpoints: readonly Endpoint[]) => void): () => void;
}
