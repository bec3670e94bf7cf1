import type { Listener, Platform, Socket, SocketAddress } from '#platform';
import type { HelloFields } from '#protocol';
import { Connection, ConnectionSweep, type FrameReceiver, ServerGreeting } from '#transport';
import { ownHello } from './own-hello.js';
import { RPC_CODES, RpcError } from './rpc-error.js';
import type { RpcServerOptions } from './rpc-server.options.js';
import { sameSecret } from './same-secret.js';

/** Who gets the connections that were greeted. */
export interface AcceptorEvents {
  readonly isDraining: boolean;
  /** Returns who gets the frames from now on. */
  greeted(connection: Connection, client: HelloFields): FrameReceiver;
}

/** Listens, and greets who comes: too many, strangers and those without the token are turned away. */
export class Acceptor {
  private listener: Listener | undefined = undefined;
  /** Sockets that are open, greeted or not. */
  private connectionCount = 0;
  private readonly sweep: ConnectionSweep;

  constructor(
    private readonly options: RpcServerOptions,
    private readonly platform: Pick<Platform, 'clock' | 'sockets' | 'logger'>,
    private readonly events: AcceptorEvents,
  ) {
    this.sweep = new ConnectionSweep(platform.clock);
  }

  /** @throws {RpcError} FAILED_PRECONDITION before it listens. */
  get address(): SocketAddress {
    if (this.listener === undefined) throw new RpcError('FAILED_PRECONDITION', 'the server does not listen yet');
    return this.listener.address;
  }

  /** @throws {SocketError} when the address cannot be used. */
  async listen(at: SocketAddress): Promise<void> {
    this.listener = await this.platform.sockets.listen(at, (socket) => this.accept(socket));
  }

  /** Accepts nobody any more; what is open stays open. */
  async close(): Promise<void> {
    await this.listener?.close();
  }

  private accept(socket: Socket): void {
    const { limits } = this.options;
    const { clock, logger } = this.platform;
    if (this.connectionCount >= limits.connectionCountMax || this.events.isDraining) {
      logger.warn('connection refused', { remote: socket.remote, connectionCount: this.connectionCount });
      socket.start(ignoring);
      socket.destroy();
      return;
    }
    this.connectionCount++;
    const greeting = new ServerGreeting(
      ownHello(this.options.name, this.options.limits, undefined),
      (client) => this.objectionTo(client),
      {
        greeted: (client) => {
          const receiver = this.events.greeted(connection, client);
          const closed: FrameReceiver['closed'] = (error) => {
            this.connectionCount--;
            receiver.closed(error);
          };
          connection.open({ frame: (reader) => receiver.frame(reader), closed });
        },
        failed: (error) => {
          this.connectionCount--;
          logger.warn('greeting failed', { remote: socket.remote, error: error.message });
        },
      },
    );
    const connection = new Connection(socket, greeting, { clock, options: limits, sweep: this.sweep });
    greeting.start(connection);
  }

  private objectionTo(client: HelloFields): { error: Error; code: number } | undefined {
    const { token } = this.options;
    if (token === undefined || (client.token !== undefined && sameSecret(client.token, token))) return undefined;
    const message = client.token === undefined ? 'a token is needed' : 'the token is not right';
    return { error: new RpcError('UNAUTHENTICATED', message), code: RPC_CODES.indexOf('UNAUTHENTICATED') };
  }
}

const ignoring = { data() {}, drain() {}, closed() {} };
