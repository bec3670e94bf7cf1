import { connect, type Socket } from 'node:net';
import {
  encodeHelloFrame,
  FrameReader,
  FrameType,
  HEADER_BYTES,
  type RequestHead,
  readError,
  requestBits,
  requestHeadBytes,
  writeHeader,
  writeRequestHead,
} from '#protocol';
import { parseRookeryUrl, RPC_CODES } from '#rpc';

/** One frame as it came. */
export interface RawFrame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly body: Buffer;
}

/** An ERROR frame, read. */
export interface RawError {
  readonly code: string | undefined;
  readonly message: string;
  readonly executed: boolean | undefined;
  readonly retryable: boolean;
}

const FRAME_BYTES_MAX = 64 * 1024 ** 2;

/** A client that says what it likes: bytes on a socket, and the frames that come back. */
export class RawClient {
  private readonly frames: RawFrame[] = [];
  private readonly reader = new FrameReader(FRAME_BYTES_MAX);
  private isEnded = false;
  private changed = () => {};

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', () => {}); // A reset is one of the ends that a hostile client meets; 'close' follows.
    socket.on('close', () => {
      this.isEnded = true;
      this.changed();
    });
  }

  static connect(url: string): Promise<RawClient> {
    const address = parseRookeryUrl(url);
    const socket = 'path' in address ? connect(address.path) : connect(address.port, address.host);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawClient(socket));
      });
    });
  }

  /** Connected, and past a proper greeting. */
  static async greeted(url: string): Promise<RawClient> {
    const client = await RawClient.connect(url);
    client.write(helloBytes(1, 1));
    const { type } = await client.next();
    if (type !== FrameType.hello) throw new Error(`frame ${type} came instead of a greeting`);
    return client;
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Writes; resolves with true once the operating system has it all, with false when the connection ended before. */
  flushed(bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      this.socket.write(bytes, (error) => resolve(!error));
    });
  }

  /** Writes a call and waits for its first answer. */
  async call(route: string, codecId: number, payload: Uint8Array, metadata?: Buffer): Promise<RawFrame> {
    this.write(requestBytes(1, route, codecId, payload, metadata));
    return this.next();
  }

  /** Writes a call that must fail; returns its ERROR. */
  async fail(route: string, codecId: number, payload: Uint8Array, metadata?: Buffer): Promise<RawError> {
    return errorIn(await this.call(route, codecId, payload, metadata));
  }

  /** The next frame. @throws when the connection ended without one. */
  async next(): Promise<RawFrame> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame !== undefined) return frame;
      if (this.isEnded) throw new Error('the connection ended without an answer');
      await this.change();
    }
  }

  /** The ERROR about the connection itself that must come now, followed by its end. */
  async farewell(): Promise<RawError> {
    const frame = await this.next();
    if (frame.id !== 0) throw new Error(`frame ${frame.type} of call ${frame.id} came instead of a farewell`);
    await this.ended();
    return errorIn(frame);
  }

  /** Resolves when the connection is gone. */
  async ended(): Promise<void> {
    while (!this.isEnded) await this.change();
  }

  /** Reads nothing any more, so the operating system's buffers fill up. */
  stopReading(): void {
    this.socket.pause();
  }

  close(): void {
    this.socket.destroy();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.changed = resolve;
    });
  }

  private read(chunk: Buffer): void {
    const { reader } = this;
    reader.push(chunk);
    while (reader.next()) {
      const { type, flags, id, buffer, start, end } = reader;
      this.frames.push({ type, flags, id, body: Buffer.from(buffer.subarray(start, end)) });
    }
    this.changed();
  }
}

/** A HELLO that offers these versions. */
export function helloBytes(versionMin: number, versionMax: number): Buffer {
  return encodeHelloFrame({
    versionMin,
    versionMax,
    fields: {
      name: 'hostile',
      codecs: ['raw', 'json', 'msgpack'],
      features: [],
      frameBytesMax: FRAME_BYTES_MAX,
      inFlightCountMax: 10_000,
      windowCount: 64,
      windowBytes: 256 * 1024,
      token: undefined,
    },
  });
}

/** One frame with any header. */
export function frameBytes(type: number, flags: number, id: number, body: Uint8Array): Buffer {
  return Buffer.concat([headerBytes(body.length, type, flags, id), body]);
}

/** A header that announces what may never come. */
export function headerBytes(bodyBytes: number, type: number, flags = 0, id = 1): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  writeHeader(header, 0, bodyBytes, (type << 8) | flags, id);
  return header;
}

/** A REQUEST that carries its route as text, in a codec that need not fit the payload. */
export function requestBytes(
  id: number,
  route: string,
  codecId: number,
  payload: Uint8Array,
  metadata?: Buffer,
): Buffer {
  const routeText = Buffer.from(route);
  const head: RequestHead = { id, deadlineMs: 0, routeNumber: 0xffff, routeText, trace: undefined, metadata };
  const bytes = Buffer.alloc(requestHeadBytes(head) + payload.length);
  const at = writeRequestHead(bytes, 0, head, requestBits(false, codecId), payload.length);
  bytes.set(payload, at);
  return bytes;
}

/** Reads an ERROR frame. @throws for any other frame. */
export function errorIn({ type, body }: RawFrame): RawError {
  if (type !== FrameType.error) throw new Error(`frame ${type} came instead of an error: ${body.toString('latin1')}`);
  const { code, message, executed, retryable } = readError(body, 0, body.length);
  return { code: RPC_CODES[code], message, executed, retryable };
}
