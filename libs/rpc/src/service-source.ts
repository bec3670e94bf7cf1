import type { Timer } from '#platform';
import { pickLessLoaded } from '#resilience';
import type { SourceEvents } from './address-source.js';
import type { ConnectionSource } from './call-path.js';
import type { ClientConnection } from './client-connection.js';
import type { Directory, Endpoint } from './directory.js';
import { Link, type LinkEvents, type LinkWorld } from './link.js';
import { formatRookeryUrl } from './rookery-url.js';
import { RpcError } from './rpc-error.js';

/**
 * Connections to all instances of a service that the directory lists, one each. An instance that cannot be reached, or that drains, is
 * left out until its reconnect succeeds; one that leaves the list keeps its connection until its calls are answered.
 */
export class ServiceSource implements ConnectionSource, LinkEvents {
  private readonly links = new Map<string, Link>();
  /** Links with a connection that takes calls. */
  private usable: Link[] = [];
  private unwatch: (() => void) | undefined = undefined;
  private patience: Timer | undefined = undefined;
  private lastError: RpcError | undefined = undefined;

  constructor(
    private readonly service: string,
    private readonly directory: Directory,
    private readonly world: LinkWorld,
    private readonly events: SourceEvents,
  ) {}

  get isReady(): boolean {
    return this.usable.length > 0;
  }

  pick(avoid: string | undefined): ClientConnection | undefined {
    const others = avoid === undefined ? this.usable : this.usable.filter((each) => each.ready?.remote !== avoid);
    const candidates = others.length > 0 ? others : this.usable;
    return pickLessLoaded(candidates, loadOf, this.world.random)?.ready;
  }

  wake(): void {
    if (this.unwatch === undefined) {
      this.unwatch = this.directory.watch(this.service, (endpoints) => this.follow(endpoints));
      this.follow(this.directory.endpoints(this.service));
    }
    this.patience ??= this.world.clock.schedule(this.world.options.availabilityWaitMs, () => this.loseHope());
    for (const link of this.links.values()) link.wake();
  }

  close(): void {
    this.unwatch?.();
    this.unwatch = undefined;
    this.stopWaiting();
    for (const link of this.links.values()) link.close();
    this.links.clear();
    this.usable = [];
  }

  up(link: Link): void {
    // A list that is being looked at is never changed.
    this.usable = [...this.usable.filter((each) => each !== link), link];
    this.lastError = undefined;
    this.stopWaiting();
    this.events.ready();
  }

  down(link: Link): void {
    this.usable = this.usable.filter((each) => each !== link);
    this.events.lost();
  }

  failed(_link: Link, error: RpcError): void {
    this.lastError = error;
  }

  private follow(endpoints: readonly Endpoint[]): void {
    const wanted = new Map<string, Endpoint>();
    for (const endpoint of endpoints) {
      if (endpoint.weight > 0) wanted.set(`${endpoint.instanceId} ${formatRookeryUrl(endpoint.address)}`, endpoint);
    }
    for (const [key, link] of [...this.links]) {
      if (wanted.has(key)) continue;
      this.links.delete(key);
      this.usable = this.usable.filter((each) => each !== link);
      link.retire();
    }
    for (const [key, endpoint] of wanted) {
      if (this.links.has(key)) continue;
      const link = new Link(endpoint.address, this.world, this, true);
      this.links.set(key, link);
      link.wake();
    }
    if (this.usable.length === 0) this.events.lost();
  }

  private loseHope(): void {
    this.patience = undefined;
    const found =
      this.links.size === 0
        ? 'no instance is known'
        : `none of ${this.links.size} instances can be reached: ${this.lastError?.message ?? 'no answer yet'}`;
    const cause = this.lastError;
    this.events.hopeless(
      new RpcError('UNAVAILABLE', `service ${this.service}: ${found}`, { executed: false, retryable: true, cause }),
    );
  }

  private stopWaiting(): void {
    this.patience?.cancel();
    this.patience = undefined;
  }
}

function loadOf(link: Link): number {
  return link.ready?.inFlightCount ?? Number.POSITIVE_INFINITY;
}
