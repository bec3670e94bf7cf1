import * as fs from 'node:fs';
import * as net from 'node:net';
import type { Logger } from '../logger.js';
import { SocketError } from '../socket-error.js';
import { type ConnectOptions, type Listener, type Socket, type SocketAddress, type Sockets } from '../sockets.js';
import { silentLogger } from './json-logger.js';
import { NodeSocket } from './node-socket.js';
import { socketErrorFrom } from './socket-error-from.js';

const HIGH_WATER_MARK_BYTES = 64 * 1024;
const KEEP_ALIVE_DELAY_MS = 30_000;

/** TCP and Unix sockets of the operating system: Nagle off, keepalive after 30 s, high-water mark 64 KiB. `logger` hears of failed accepts. */
export class NodeSockets implements Sockets {
  constructor(private readonly logger: Logger = silentLogger) {}

  connect(to: SocketAddress, options: ConnectOptions): Promise<Socket> {
    const address = describeAddress(to);
    return new Promise((resolve, reject) => {
      const raw = new net.Socket(socketOptions);
      const fail = (error: SocketError) => {
        clearTimeout(timeout);
        raw.destroy();
        reject(error);
      };
      const failed = (cause: Error) => fail(socketErrorFrom(cause, 'connect to', address));
      const timeout = setTimeout(
        () => fail(new SocketError('timed-out', `connect to ${address}: no answer within ${options.timeoutMs} ms`)),
        options.timeoutMs,
      );
      raw.on('error', failed);
      raw.once('connect', () => {
        clearTimeout(timeout);
        raw.off('error', failed);
        raw.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
        resolve(new NodeSocket(raw, remoteOf(raw, address)));
      });
      if ('path' in to) raw.connect(to.path);
      else raw.connect(to.port, to.host);
    });
  }

  async listen(at: SocketAddress, onSocket: (socket: Socket) => void): Promise<Listener> {
    try {
      return await this.listenOnce(at, onSocket);
    } catch (error) {
      if (!('path' in at) || !(error instanceof SocketError) || error.code !== 'in-use') throw error;
      if (!(await this.isStale(at.path))) throw error;
      fs.unlinkSync(at.path);
      return this.listenOnce(at, onSocket);
    }
  }

  private listenOnce(at: SocketAddress, onSocket: (socket: Socket) => void): Promise<Listener> {
    const address = describeAddress(at);
    return new Promise((resolve, reject) => {
      const server = net.createServer(serverOptions);
      const failed = (cause: Error) => reject(socketErrorFrom(cause, 'listen at', address));
      server.once('error', failed);
      server.once('listening', () => {
        server.off('error', failed);
        // From here on an error is a failed accept (no descriptors left, say): the peer's loss, not the end of the process.
        server.on('error', (error) => this.logger.warn('accept failed', { address, error: error.message }));
        resolve(new NodeListener(server, realAddress(server, at)));
      });
      server.on('connection', (raw) => onSocket(new NodeSocket(raw, remoteOf(raw, address))));
      if ('path' in at) server.listen(at.path);
      else server.listen(at.port, at.host);
    });
  }

  /** A process that was killed leaves its socket file behind; then nobody answers there and the name may be taken over. */
  private async isStale(path: string): Promise<boolean> {
    if (fs.lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return false;
    try {
      const socket = await this.connect({ path }, { timeoutMs: 1000 });
      socket.destroy();
      return false;
    } catch (error) {
      return error instanceof SocketError && error.code === 'refused';
    }
  }
}

class NodeListener implements Listener {
  constructor(
    private readonly server: net.Server,
    readonly address: SocketAddress,
  ) {}

  close(): Promise<void> {
    if (!this.server.listening) return Promise.resolve();
    // Node's callback waits for every accepted socket to end. The port itself is free as soon as the handle's close was handled.
    this.server.close();
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** `new Socket` passes the mark on to its stream; Node's type does not list it. */
const socketOptions: net.SocketConstructorOpts & { readonly writableHighWaterMark: number } = {
  writableHighWaterMark: HIGH_WATER_MARK_BYTES,
};

const serverOptions: net.ServerOpts = {
  highWaterMark: HIGH_WATER_MARK_BYTES,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
};

function describeAddress(address: SocketAddress): string {
  return 'path' in address ? address.path : describeTcp(address.host, address.port);
}

function describeTcp(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function remoteOf(raw: net.Socket, fallback: string): string {
  return raw.remoteAddress === undefined || raw.remotePort === undefined
    ? fallback
    : describeTcp(raw.remoteAddress, raw.remotePort);
}

function realAddress(server: net.Server, asked: SocketAddress): SocketAddress {
  const address = server.address();
  return address === null || typeof address === 'string' ? asked : { host: address.address, port: address.port };
}
