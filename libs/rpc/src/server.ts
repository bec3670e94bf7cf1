import type { Platform, SocketAddress } from '#platform';
import { type Codec, codecByName, type HelloFields } from '#protocol';
import { DeadlineWheel } from '#resilience';
import type { Connection } from '#transport';
import { Acceptor, type AcceptorEvents } from './acceptor.js';
import { RpcError } from './rpc-error.js';
import type { RpcHandler, RpcServer } from './rpc-server.js';
import type { RpcServerOptions } from './rpc-server.options.js';
import type { ServedCall } from './served-call.js';
import { ConnectedPeer, ServerConnection, type ServerWorld } from './server-connection.js';
import { thrownText } from './thrown-text.js';

/** Once nothing runs, how long `close` waits for clients to leave by themselves, so that no call of theirs meets a closed door. */
const LEAVE_MS = 500;
/** How often `close` looks whether it is done. */
const DRAIN_CHECK_MS = 10;

/** Source of `Peer.id`: unique in the process, whatever server it is. */
let lastPeerId = 0;

/** The serving side of rpc; see `RpcServer`. */
export class Server implements RpcServer, ServerWorld, AcceptorEvents {
  readonly calls = new Map<string, RpcHandler>();
  readonly events = new Map<string, RpcHandler[]>();
  readonly deadlines: DeadlineWheel;
  readonly codec: Codec;
  isDraining = false;
  private closing: Promise<void> | undefined = undefined;
  private readonly connections = new Set<ServerConnection>();
  private readonly acceptor: Acceptor;

  constructor(
    private readonly options: RpcServerOptions,
    private readonly platform: Pick<Platform, 'clock' | 'sockets' | 'logger'>,
  ) {
    this.deadlines = new DeadlineWheel(platform.clock);
    this.acceptor = new Acceptor(options, platform, this);
    this.codec = codecByName(options.codec);
  }

  get address(): SocketAddress {
    return this.acceptor.address;
  }

  get name(): string {
    return this.options.name;
  }

  get inFlightCountMax(): number {
    return this.options.limits.inFlightCountMax;
  }

  get inFlightBytesMax(): number {
    return this.options.limits.inFlightBytesMax;
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
    await this.acceptor.listen(path === undefined ? { host, port } : { path });
  }

  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  nowMs(): number {
    return this.platform.clock.monotonicMs();
  }

  failedUnheard(call: ServedCall, error: unknown): void {
    const what = call.isOneway ? 'an event handler failed' : 'a stream failed while it was stopped';
    const text = error instanceof Error ? `${error.name}: ${thrownText(error)}` : thrownText(error);
    this.platform.logger.error(what, { route: call.route, remote: call.peer.remote, error: text });
  }

  greeted(connection: Connection, client: HelloFields): ServerConnection {
    const served = new ServerConnection(new ConnectedPeer(++lastPeerId, connection.remote), connection, client, this);
    this.connections.add(served);
    if (this.isDraining) served.sayGoaway();
    return served;
  }

  closed(connection: ServerConnection): void {
    this.connections.delete(connection);
  }

  /** Clients are told first, so that they leave while their calls are still answered; then it is waited, bounded; then it ends. */
  private async drain(): Promise<void> {
    this.isDraining = true;
    await this.acceptor.close();
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
