import type { Clock, Logger, Random, Socket, SocketAddress, Sockets, Timer } from '#platform';
import { backoffMs } from '#resilience';
import { ClientGreeting, Connection, type ConnectionSweep, type TransportError } from '#transport';
import { ClientConnection, type ClientConnectionEvents } from './client-connection.js';
import { ownHello } from './own-hello.js';
import type { RpcChannelOptions } from './rpc-channel.options.js';
import { RPC_CODES, RpcError } from './rpc-error.js';

/** What links need of their surroundings. */
export interface LinkWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly sockets: Sockets;
  readonly logger: Logger;
  readonly options: RpcChannelOptions;
  readonly sweep: ConnectionSweep;
}

/** Who wants to know how a link fares. */
export interface LinkEvents {
  up(link: Link): void;
  /** The connection was lost or the server drains. */
  down(link: Link): void;
  /** An attempt to connect failed. */
  failed(link: Link, error: RpcError): void;
}

/** `waiting` for the next attempt of its own accord; `pausing` for one that somebody wants. */
type LinkState = 'idle' | 'connecting' | 'ready' | 'waiting' | 'pausing' | 'closed';

/**
 * The way to one address: at most one connection that takes calls, made again after a loss, with jittered backoff.
 * A connection that drains lives on beside it until its calls are answered.
 */
export class Link implements ClientConnectionEvents {
  private state: LinkState = 'idle';
  private current: ClientConnection | undefined = undefined;
  private readonly alive = new Set<ClientConnection>();
  private failures = { count: 0, lastMs: Number.NEGATIVE_INFINITY };
  private retryTimer: Timer | undefined = undefined;
  /** Counts closes, so that an attempt which was under way during one is not taken for a new one. */
  private round = 0;

  /** `persists`: tries again by itself even if it never was connected; once it was, it does so anyway. */
  constructor(
    readonly address: SocketAddress,
    private readonly world: LinkWorld,
    private readonly events: LinkEvents,
    private persists: boolean,
  ) {}

  /** The connection for new calls, if there is one now. */
  get ready(): ClientConnection | undefined {
    return this.current;
  }

  /** Somebody wants to call: connects, though not sooner after a failure than the shortest backoff. */
  wake(): void {
    if (this.state === 'idle' || this.state === 'closed') this.connectAfterPause();
    else if (this.state === 'waiting') {
      this.retryTimer?.cancel();
      this.connectAfterPause();
    }
  }

  /** Ends every connection; pending calls fail. `wake` starts anew. */
  close(): void {
    this.shut();
    for (const connection of [...this.alive]) connection.end();
  }

  /** No new calls; connections end as soon as their calls are answered. */
  retire(): void {
    this.shut();
    for (const connection of [...this.alive]) connection.retire();
  }

  draining(connection: ClientConnection): void {
    this.lost(connection);
  }

  closed(connection: ClientConnection): void {
    this.alive.delete(connection);
    this.lost(connection);
  }

  private shut(): void {
    this.retryTimer?.cancel();
    this.state = 'closed';
    this.round++;
    this.current = undefined;
    this.failures = { count: 0, lastMs: Number.NEGATIVE_INFINITY };
  }

  private lost(connection: ClientConnection): void {
    if (this.current !== connection) return;
    this.current = undefined;
    this.failures = { count: 1, lastMs: this.world.clock.monotonicMs() };
    this.retryLater();
    this.events.down(this);
  }

  private connectAfterPause(): void {
    const readyMs = this.failures.lastMs + this.world.options.reconnect.minMs;
    const pauseMs = readyMs - this.world.clock.monotonicMs();
    if (pauseMs <= 0) void this.connect();
    else this.schedule(pauseMs, 'pausing');
  }

  private retryLater(): void {
    this.schedule(backoffMs(this.world.options.reconnect, this.failures.count, this.world.random), 'waiting');
    // Nobody waits for this attempt: a link without calls must not keep the process alive.
    this.retryTimer?.unref();
  }

  private schedule(delayMs: number, state: 'waiting' | 'pausing'): void {
    this.state = state;
    this.retryTimer = this.world.clock.schedule(delayMs, () => void this.connect());
  }

  private async connect(): Promise<void> {
    this.state = 'connecting';
    const { round } = this;
    let socket: Socket;
    try {
      socket = await this.world.sockets.connect(this.address, { timeoutMs: this.world.options.connectTimeoutMs });
    } catch (cause) {
      const error = new RpcError('UNAVAILABLE', messageOf(cause), { executed: false, retryable: true, cause });
      if (round === this.round) this.connectFailed(error);
      return;
    }
    this.greet(socket, round);
  }

  private greet(socket: Socket, round: number): void {
    const { options, clock, sweep } = this.world;
    let isGreeted = false;
    const greeting = new ClientGreeting(ownHello(options.name, options.limits, options.token), {
      greeted: (server) => {
        isGreeted = true;
        const client = new ClientConnection(connection, server, options.limits, this);
        connection.open(client);
        this.alive.add(client);
        if (round === this.round) this.opened(client);
        else client.end();
      },
      failed: (error, code) => {
        if (!isGreeted && round === this.round) this.connectFailed(refusalOf(error, code));
      },
    });
    const connection = new Connection(socket, greeting, { clock, options: options.limits, sweep });
    greeting.start(connection);
  }

  private opened(client: ClientConnection): void {
    this.state = 'ready';
    this.persists = true;
    this.failures.count = 0;
    this.current = client;
    this.events.up(this);
  }

  private connectFailed(error: RpcError): void {
    this.failures = { count: this.failures.count + 1, lastMs: this.world.clock.monotonicMs() };
    if (this.persists) this.retryLater();
    else this.state = 'idle';
    this.events.failed(this, error);
  }
}

/** A refused greeting keeps the server's code (UNAUTHENTICATED, say): trying again will not help. */
function refusalOf(error: TransportError, codeNumber: number | undefined): RpcError {
  const code = codeNumber === undefined ? 'UNAVAILABLE' : (RPC_CODES[codeNumber] ?? 'UNAVAILABLE');
  return new RpcError(code, error.message, { executed: false, retryable: code === 'UNAVAILABLE', cause: error });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
