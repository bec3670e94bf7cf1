import type * as net from 'node:net';
import { invariant } from '../invariant.js';
import { type SocketError } from '../socket-error.js';
import { type Socket, type SocketEvents } from '../sockets.js';
import { socketErrorFrom } from './socket-error-from.js';

/** How long `end` waits for the peer's own end before the socket is destroyed. */
const LINGER_MS = 10_000;

/** One connected socket of the operating system. */
export class NodeSocket implements Socket {
  private events: SocketEvents | undefined;
  private failure: SocketError | undefined;
  private gone = false;

  constructor(
    private readonly raw: net.Socket,
    readonly remote: string,
  ) {
    // Attached at once, for an 'error' that nobody hears ends the process.
    raw.on('error', (error) => {
      this.failure ??= socketErrorFrom(error, 'connection to', remote);
    });
    raw.on('close', () => {
      this.gone = true;
      this.events?.closed(this.failure);
    });
  }

  get bufferedBytes(): number {
    return this.raw.writableLength;
  }

  start(events: SocketEvents): void {
    invariant(this.events === undefined, 'a socket is started once');
    this.events = events;
    if (this.gone) {
      queueMicrotask(() => events.closed(this.failure));
      return;
    }
    this.raw.on('drain', () => events.drain());
    this.raw.on('data', (chunk: Buffer) => events.data(chunk));
  }

  write(chunks: readonly Uint8Array[]): boolean {
    const raw = this.raw;
    // Node would report a write after the end as an error of its own; the owner hears `closed` instead.
    if (!raw.writable) return false;
    const only = chunks[0];
    if (only === undefined) return !raw.writableNeedDrain;
    if (chunks.length === 1) return raw.write(only);
    let belowMark = true;
    raw.cork();
    for (const chunk of chunks) belowMark = raw.write(chunk);
    raw.uncork();
    return belowMark;
  }

  pause(): void {
    this.raw.pause();
  }

  resume(): void {
    this.raw.resume();
  }

  end(): void {
    if (this.gone) return;
    this.raw.end();
    // The peer's end is only seen by reading.
    this.raw.resume();
    const linger = setTimeout(() => this.raw.destroy(), LINGER_MS);
    linger.unref();
    this.raw.once('close', () => clearTimeout(linger));
  }

  destroy(): void {
    this.raw.destroy();
  }
}
