import type { Listener, Platform, Socket, SocketAddress } from '#platform';
import { type Codec, codecByName, type HelloFields } from '#protocol';
import { DeadlineWheel } from '#resilience';
import { Connection, ConnectionSweep, ServerGreeting } from '#transport';
import { RPC_CODES, RpcError } from './rpc-error.js';
import type { RpcHandler, RpcServer } from './rpc-server.js';
import type { RpcServerOptions } from './rpc-server.options.js';
import { sameSecret } from './same-secret.js';
import type { ServedCall } from './served-call.js';
import { ConnectedPeer, ServerConnection, type ServerWorld } from './server-connection.js';

/** Once nothing runs, how long `close` waits for clients to leave by themselves, so that no call of theirs meets a closed door. */
const LEAVE_MS = 500;
/** How often `close` looks whether it is done. */
const DRAIN_CHECK_MS = 10;

/** Source of `Peer.id`: unique in the process, whatever server it is. */
let lastPeerId = 0;

/** The serving side of rpc; see `RpcServer`. */
export class Server implements RpcServer, ServerWorld {
  readonly calls = new Map<string, RpcHandler>();
  readonly events = new Map<string, RpcHandler[]>();
  readonly deadlines: DeadlineWheel;
  readonly codec: Codec;
  isDraining = false;
  private listener: Listener | undefined = undefined;
  private closing: Promise<void> | undefined = undefined;
  private readonly connections = new Set<ServerConnection>();
  private greetingCount = 0;
  private readonly sweep: ConnectionSweep;

  constructor(
    private readonly options: RpcServerOptions,
    private readonly platform: Pick<Platform, 'clock' | 'sockets' | 'logger'>,
  ) {
    this.deadlines = new DeadlineWheel(platform.clock);
    this.sweep = new ConnectionSweep(platform.clock);
    this.codec = codecByName(options.codec);
  }

  get address(): SocketAddress {
    if (this.listener === undefined) throw new RpcError('FAILED_PRECONDITION', 'the server does not listen yet');
    return this.listener.address;
  }

  get name(): string {
    return this.options.name;
  }

  get inFlightCountMax(): number {
    return this.options.limits.inFlightCountMax;
  }

  get streamBufferBytesMax(): number {
    return this.options.streamBufferBytesMax;
  }

  onCall(route: string, handler: RpcHandler): void {
    if (this.calls.has(route)) throw new RpcError('ALREADY_EXISTS', `${route} has a handler already`);
    this.calls.set(route, handler);
  }

  onEvent(route: string, handler: RpcHandler): void {
    const handlers = this.events.get(route);
    if (handlers === undefined) this.events.set(route, [handler]);
    else handlers.push(handler);
  }

  async listen(): Promise<void> {
    const { host, port, path } = this.options;
    this.listener = await this.platform.sockets.listen(path === undefined ? { host, port } : { path }, (socket) =>
      this.accept(socket),
    );
  }

  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  nowMs(): number {
    return this.platform.clock.monotonicMs();
  }

  eventFailed(call: ServedCall, error: unknown): void {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.platform.logger.error('an event handler failed', { route: call.route, remote: call.peer.remote, error: text });
  }

  closed(connection: ServerConnection): void {
    this.connections.delete(connection);
  }

  private accept(socket: Socket): void {
    const { limits } = this.options;
    const connectionCount = this.greetingCount + this.connections.size;
    if (connectionCount >= limits.connectionCountMax || this.isDraining) {
      this.platform.logger.warn('connection refused', { remote: socket.remote, connectionCount });
      socket.start(ignoring);
      socket.destroy();
      return;
    }
    this.greetingCount++;
    const greeting = new ServerGreeting(helloOf(this.options), (client) => this.objectionTo(client), {
      greeted: (client) => this.greeted(connection, client),
      failed: (error) => {
        this.greetingCount--;
        this.platform.logger.warn('greeting failed', { remote: socket.remote, error: error.message });
      },
    });
    const connection = new Connection(socket, greeting, {
      clock: this.platform.clock,
      options: limits,
      sweep: this.sweep,
    });
    greeting.start(connection);
  }

  private greeted(connection: Connection, client: HelloFields): void {
    this.greetingCount--;
    const peer = new ConnectedPeer(++lastPeerId, connection.remote);
    const served = new ServerConnection(peer, connection, client, this);
    this.connections.add(served);
    connection.open(served);
    if (this.isDraining) served.sayGoaway();
  }

  private objectionTo(client: HelloFields): { error: Error; code: number } | undefined {
    const { token } = this.options;
    if (token === undefined || (client.token !== undefined && sameSecret(client.token, token))) return undefined;
    const message = client.token === undefined ? 'a token is needed' : 'the token is not right';
    return { error: new RpcError('UNAUTHENTICATED', message), code: RPC_CODES.indexOf('UNAUTHENTICATED') };
  }

  /** Clients are told first, so that they leave while their calls are still answered; then it is waited, bounded; then it ends. */
  private async drain(): Promise<void> {
    this.isDraining = true;
    await this.listener?.close();
    for (const connection of this.connections) connection.sayGoaway();
    const { clock } = this.platform;
    const lastMs = clock.monotonicMs() + this.options.drainTimeoutMs;
    let leaveMs = Number.POSITIVE_INFINITY;
    while (this.connections.size > 0 && clock.monotonicMs() < Math.min(lastMs, leaveMs)) {
      const isIdle = [...this.connections].every((each) => each.inFlightCount === 0);
      if (!isIdle) leaveMs = Number.POSITIVE_INFINITY;
      else if (leaveMs === Number.POSITIVE_INFINITY) leaveMs = clock.monotonicMs() + LEAVE_MS;
      await clock.sleep(DRAIN_CHECK_MS);
    }
    for (const connection of [...this.connections]) connection.end();
    this.deadlines.close();
  }
}

const ignoring = { data() {}, drain() {}, closed() {} };

function helloOf(options: RpcServerOptions): HelloFields {
  return {
    name: options.name,
    codecs: ['raw', 'json', 'msgpack'],
    features: [],
    frameBytesMax: options.limits.frameBytesMax,
    inFlightCountMax: options.limits.inFlightCountMax,
    windowCount: options.limits.windowCount,
    windowBytes: options.limits.windowBytes,
    token: undefined,
  };
}
