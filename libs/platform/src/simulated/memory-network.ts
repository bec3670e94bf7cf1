import type { Clock } from '../clock.js';
import { SocketError, type SocketErrorCode } from '../socket-error.js';
import { type ConnectOptions, type Listener, type Socket, type SocketAddress, type Sockets } from '../sockets.js';
import { type LinkLatency, MemoryLink } from './memory-link.js';
import type { SeededRandom } from './seeded-random.js';

/** How a memory network is set up. */
export interface MemoryNetworkOptions {
  /** Of every link without one of its own. Default none. */
  readonly latency?: LinkLatency;
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);
const ANY_NAMES: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const FIRST_FREE_PORT = 40_000;

interface Listening {
  readonly accept: (socket: Socket) => void;
  readonly loopbackOnly: boolean;
}

/**
 * A network in memory: `host(name)` gives each simulated machine its own `Sockets`.
 *
 * Bytes are cut into pieces at random places, take the link's time, and stay in order. Buffers are bounded as real ones are.
 * A cut link resets; a half-open one swallows everything and tells nobody until `heal`, when TCP's repetition brings the bytes after all.
 * What listens on a loopback address is reachable from its own host only.
 */
export class MemoryNetwork {
  private readonly links = new Map<string, MemoryLink>();
  /** By host name, then by port or path. */
  private readonly listening = new Map<string, Map<string, Listening>>();
  private readonly latency: LinkLatency;
  private nextPort = FIRST_FREE_PORT;

  constructor(
    private readonly clock: Clock,
    private readonly random: SeededRandom,
    options: MemoryNetworkOptions = {},
  ) {
    this.latency = options.latency ?? { minMs: 0, maxMs: 0 };
  }

  /** The network as the machine `name` sees it. Loopback addresses and Unix paths mean the machine itself. */
  host(name: string): Sockets {
    if (!this.listening.has(name)) this.listening.set(name, new Map());
    return {
      connect: (to, options) => this.connect(name, to, options),
      listen: (at, onSocket) => this.listen(name, at, onSocket),
    };
  }

  setLatency(a: string, b: string, latency: LinkLatency): void {
    this.link(a, b).latency = latency;
  }

  /** Resets every connection between the two and refuses new ones as unreachable, until `heal`. */
  cut(a: string, b: string): void {
    this.link(a, b).cut();
  }

  /** From now on nothing arrives between the two, in either direction, and nobody is told; new connections time out. */
  halfOpen(a: string, b: string): void {
    this.link(a, b).halfOpen();
  }

  heal(a: string, b: string): void {
    this.link(a, b).heal();
  }

  /** The process on `name` is killed: its listeners are gone, its sockets call nobody any more, its peers are reset. */
  kill(name: string): void {
    this.listening.get(name)?.clear();
    for (const link of this.links.values()) link.kill(name);
  }

  private async listen(host: string, at: SocketAddress, accept: (socket: Socket) => void): Promise<Listener> {
    if (!('path' in at) && !isOwnName(host, at.host)) {
      throw new SocketError('not-available', `listen at ${describe(at)}: not an address of ${host}`);
    }
    const address = 'path' in at || at.port !== 0 ? at : { host: at.host, port: this.nextPort++ };
    const here = this.listening.get(host) ?? new Map<string, Listening>();
    const key = keyOf(address);
    if (here.has(key)) throw new SocketError('in-use', `listen at ${describe(address)}: somebody listens there`);
    const listening = { accept, loopbackOnly: 'path' in address || LOOPBACK_NAMES.has(address.host) };
    here.set(key, listening);
    return {
      address,
      close: async () => {
        if (here.get(key) === listening) here.delete(key);
      },
    };
  }

  private connect(from: string, to: SocketAddress, { timeoutMs }: ConnectOptions): Promise<Socket> {
    const host = 'path' in to || isOwnName(from, to.host) ? from : to.host;
    const link = this.link(from, host);
    return new Promise((resolve, reject) => {
      let over = false;
      const fail = (code: SocketErrorCode) => {
        over = true;
        timer.cancel();
        reject(new SocketError(code, `connect to ${describe(to)}`));
      };
      const timer = this.clock.schedule(timeoutMs, () => fail('timed-out'));
      this.afterLatency(link, () => {
        if (over || link.frozen) return;
        const listening = this.listening.get(host)?.get(keyOf(to));
        if (link.isCut || !this.listening.has(host)) return fail('unreachable');
        if (listening === undefined || (listening.loopbackOnly && host !== from)) return fail('refused');
        const [near, far] = link.join({ hosts: [from, host], remotes: [describe(to), this.nameOf(from, to)] });
        listening.accept(far);
        this.afterLatency(link, () => {
          timer.cancel();
          // Whoever gave up meanwhile does not want the connection any more.
          if (over) near.destroy();
          else resolve(near);
        });
      });
    });
  }

  /** What an accepting side calls a connecting one. */
  private nameOf(host: string, to: SocketAddress): string {
    return 'path' in to ? to.path : `${host}:${this.nextPort++}`;
  }

  private afterLatency(link: MemoryLink, task: () => void): void {
    const latencyMs = link.latencyMs();
    if (latencyMs > 0) this.clock.schedule(latencyMs, task);
    else this.clock.afterIo(task);
  }

  private link(a: string, b: string): MemoryLink {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    let link = this.links.get(key);
    if (link === undefined) {
      link = new MemoryLink(this.clock, this.random.fork(`link ${key}`), this.latency);
      this.links.set(key, link);
    }
    return link;
  }
}

function isOwnName(own: string, name: string): boolean {
  return name === own || LOOPBACK_NAMES.has(name) || ANY_NAMES.has(name);
}

function keyOf(address: SocketAddress): string {
  return 'path' in address ? address.path : String(address.port);
}

function describe(address: SocketAddress): string {
  return 'path' in address ? address.path : `${address.host}:${address.port}`;
}
