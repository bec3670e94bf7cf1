import type { SocketAddress } from '#platform';
import type { ConnectionSource } from './call-path.js';
import type { ClientConnection } from './client-connection.js';
import { Link, type LinkEvents, type LinkWorld } from './link.js';
import type { RpcError } from './rpc-error.js';

/** Who wants to know whether a source can serve. */
export interface SourceEvents {
  /** A connection is ready. */
  ready(): void;
  /** Connections may have become fewer. */
  lost(): void;
  /** What waits has no hope for now. */
  hopeless(error: RpcError): void;
}

/** Connections to one address. What waits fails with the first attempt that fails; the next call tries anew. */
export class AddressSource implements ConnectionSource, LinkEvents {
  private readonly link: Link;

  constructor(
    address: SocketAddress,
    world: LinkWorld,
    private readonly events: SourceEvents,
  ) {
    this.link = new Link(address, world, this, false);
  }

  get isReady(): boolean {
    return this.link.ready !== undefined;
  }

  pick(): ClientConnection | undefined {
    return this.link.ready;
  }

  wake(): void {
    this.link.wake();
  }

  close(): void {
    this.link.close();
  }

  up(): void {
    this.events.ready();
  }

  down(): void {
    this.events.lost();
  }

  failed(_link: Link, error: RpcError): void {
    this.events.hopeless(error);
  }
}
