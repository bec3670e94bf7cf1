import type { SocketError } from './socket-error.js';

/** Where to connect or listen: TCP (`port` 0 = any free port) or a Unix socket. */
export type SocketAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** What a socket tells its owner. Called one at a time, never before `Socket.start` returned. */
export interface SocketEvents {
  /** Bytes arrived. `chunk` belongs to the receiver: it may be kept and changed. */
  data(chunk: Buffer): void;
  /** `bufferedBytes` fell to zero after `write` returned false. */
  drain(): void;
  /** The socket is gone; called exactly once. `error` is absent after a clean end by either side. */
  closed(error?: SocketError): void;
}

/** One connected, ordered byte stream. */
export interface Socket {
  /** The peer, for logs: `127.0.0.1:4100` or a path. */
  readonly remote: string;
  /** Bytes written and not yet taken by the operating system. */
  readonly bufferedBytes: number;
  /** Starts delivery of events. Called once, in the same tick the socket was handed over. */
  start(events: SocketEvents): void;
  /** Sends `chunks` in order with one system call where possible. They must not change afterwards. False = the high-water mark (64 KiB) is passed; nothing is dropped. After `end`, or once the socket is gone, the bytes go nowhere, and false is returned. */
  write(chunks: readonly Uint8Array[]): boolean;
  /** Stops `data` events (the peer's window fills); `resume` starts them again. */
  pause(): void;
  resume(): void;
  /** Sends what is buffered, then closes. Until `closed`, `data` may still come, after a `pause` too; a peer that does not end within 10 s is cut off. */
  end(): void;
  /** Closes now; what is buffered is lost. */
  destroy(): void;
}

/** An open listening socket. */
export interface Listener {
  /** The real address (the port that was chosen for port 0). */
  readonly address: SocketAddress;
  /** Stops accepting; accepted sockets stay open. */
  close(): Promise<void>;
}

/** How a socket is set up. */
export interface ConnectOptions {
  /** Gives up with 'timed-out' after this many ms. */
  readonly timeoutMs: number;
}

/** The network, as every other library sees it. `node:net` is banned outside libs/platform. */
export interface Sockets {
  /** @throws {SocketError} 'refused', 'timed-out', 'unreachable', ... */
  connect(to: SocketAddress, options: ConnectOptions): Promise<Socket>;
  /** Resolves once it listens. @throws {SocketError} 'in-use', 'not-available', 'denied'. */
  listen(at: SocketAddress, onSocket: (socket: Socket) => void): Promise<Listener>;
}
