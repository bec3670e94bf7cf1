import {
  type Codec,
  codecById,
  FrameFlag,
  type FrameReader,
  FrameType,
  HEADER_BYTES,
  type HelloFields,
  ProtocolError,
  RAW_CODEC_ID,
  RequestFields,
  ROUTE_COUNT_MAX,
  ROUTE_UNNUMBERED,
  readWindow,
  writeHeader,
} from '#protocol';
import type { DeadlineWheel } from '#resilience';
import type { Connection, FrameReceiver } from '#transport';
import type { Peer } from './inbound-call.js';
import { RpcError } from './rpc-error.js';
import type { RpcHandler } from './rpc-server.js';
import { type ServePath, serveCall } from './serve-call.js';
import { type AnswerPort, ServedCall } from './served-call.js';
import { StreamWindow } from './stream-window.js';

/** What the server shares among its connections. */
export interface ServerWorld extends ServePath {
  readonly calls: ReadonlyMap<string, RpcHandler>;
  readonly events: ReadonlyMap<string, readonly RpcHandler[]>;
  readonly deadlines: DeadlineWheel;
  /** Codec of answers to raw calls. */
  readonly codec: Codec;
  readonly streamBufferBytesMax: number;
  readonly inFlightBytesMax: number;
  failedUnheard(call: ServedCall, error: unknown): void;
  closed(connection: ServerConnection): void;
}

const NO_HANDLERS: readonly RpcHandler[] = [];

/** The serving side of one greeted connection: takes requests apart, keeps those that run, writes the answers. */
export class ServerConnection implements FrameReceiver, AnswerPort {
  private readonly routes: string[] = [];
  private readonly request = new RequestFields();
  private readonly running = new Map<number, ServedCall>();
  private readonly runningEvents = new Set<ServedCall>();
  /** Payloads of what runs. */
  private inFlightBytes = 0;
  private isGone = false;

  constructor(
    readonly peer: ConnectedPeer,
    private readonly connection: Connection,
    private readonly client: HelloFields,
    private readonly world: ServerWorld,
  ) {}

  get inFlightCount(): number {
    return this.running.size + this.runningEvents.size;
  }

  /** Asks the client for no new calls. */
  sayGoaway(): void {
    this.send(FrameType.goaway << 8, 0, Buffer.alloc(0));
  }

  /** Ends what runs with CANCELLED, then closes the connection. */
  end(): void {
    const error = new RpcError('CANCELLED', `${this.world.name} shut down before the answer`, { executed: true });
    for (const call of [...this.running.values(), ...this.runningEvents]) call.abort(error, true);
    this.connection.end();
  }

  frame(reader: FrameReader): void {
    switch (reader.type) {
      case FrameType.request:
        this.serve(reader);
        break;
      case FrameType.oneway:
        this.serveEvent(reader);
        break;
      case FrameType.cancel:
        this.running.get(reader.id)?.abort(new RpcError('CANCELLED', 'the caller gave up', { executed: true }), false);
        break;
      case FrameType.window: {
        const grant = readWindow(reader.buffer, reader.start, reader.end);
        this.running.get(reader.id)?.grant(grant.countDelta, grant.bytesDelta);
        break;
      }
      default:
        throw new ProtocolError('malformed-frame', `a client does not send frames of type ${reader.type}`);
    }
  }

  /** Its calls are aborted. Its events go on, for nobody waits for those anyway; the server keeps this connection until they are done. */
  closed(): void {
    this.isGone = true;
    const error = new RpcError('CANCELLED', 'the caller is gone', { executed: true });
    for (const call of [...this.running.values()]) call.abort(error, false);
    this.peer.close();
    this.leaveIfDone();
  }

  nowMs(): number {
    return this.world.nowMs();
  }

  send(typeAndFlags: number, id: number, body: Uint8Array): void {
    const { outbox } = this.connection;
    const at = outbox.reserve(HEADER_BYTES);
    outbox.commit(writeHeader(outbox.slab, at, body.length, typeAndFlags, id));
    outbox.append(body);
    this.connection.written();
  }

  objection(bodyBytes: number): string | undefined {
    if (bodyBytes > this.client.frameBytesMax)
      return `an answer of ${bodyBytes} bytes, the caller takes ${this.client.frameBytesMax}`;
    return this.connection.isFull ? 'the caller does not read its answers' : undefined;
  }

  keep(call: ServedCall): void {
    // A promise that resolved to a stream is kept twice; the wheel takes an entry once.
    if (this.running.get(call.facts.id) === call || this.runningEvents.has(call)) return;
    this.inFlightBytes += call.facts.payloadBytes;
    if (call.facts.isOneway) {
      // Nobody waits for an event: its deadline only says until when it is worth starting.
      this.runningEvents.add(call);
      return;
    }
    this.running.set(call.facts.id, call);
    this.world.deadlines.add(call);
  }

  forget(call: ServedCall): void {
    if (call.facts.isOneway) {
      if (!this.runningEvents.delete(call)) return;
      this.inFlightBytes -= call.facts.payloadBytes;
      this.leaveIfDone();
      return;
    }
    if (this.running.get(call.facts.id) === call) {
      this.running.delete(call.facts.id);
      this.inFlightBytes -= call.facts.payloadBytes;
    }
    this.world.deadlines.remove(call);
  }

  openWindow(): StreamWindow {
    return new StreamWindow(this.client.windowCount, this.client.windowBytes, this.world.streamBufferBytesMax);
  }

  failedUnheard(call: ServedCall, error: unknown): void {
    this.world.failedUnheard(call, error);
  }

  private serve(reader: FrameReader): void {
    const route = this.readRequest(reader);
    if (reader.id === 0 || this.running.has(reader.id)) {
      throw new ProtocolError('malformed-frame', `call id ${reader.id} is 0 or still in use`);
    }
    const call = this.take(reader, route, false);
    if (call !== undefined) serveCall(this.world, call, this.world.calls.get(route), this.inFlightCount);
  }

  private serveEvent(reader: FrameReader): void {
    const route = this.readRequest(reader);
    for (const handler of this.world.events.get(route) ?? NO_HANDLERS) {
      // Each handler gets its own payload and its own end.
      const call = this.take(reader, route, true);
      if (call !== undefined) serveCall(this.world, call, handler, this.inFlightCount);
    }
  }

  private readRequest(reader: FrameReader): string {
    const { request, routes } = this;
    request.read(reader.buffer, reader.start, reader.end, reader.flags);
    if (request.routeText === undefined) {
      const route = routes[request.routeNumber];
      if (route === undefined)
        throw new ProtocolError('malformed-frame', `route number ${request.routeNumber} was not defined`);
      return route;
    }
    if (request.routeNumber === ROUTE_UNNUMBERED) return request.routeText;
    if (request.routeNumber !== routes.length || routes.length === ROUTE_COUNT_MAX) {
      throw new ProtocolError(
        'malformed-frame',
        `route number ${request.routeNumber} is not the next one, ${routes.length}`,
      );
    }
    routes.push(request.routeText);
    return request.routeText;
  }

  /** The call that the frame means, or undefined if its payload cannot be kept or read: then it is refused already. */
  private take(reader: FrameReader, route: string, isOneway: boolean): ServedCall | undefined {
    const { request, world } = this;
    const payloadBytes = reader.end - request.payloadStart;
    const codecId = reader.flags & FrameFlag.codecMask;
    let codec = world.codec;
    let payload: unknown;
    let refusal = this.refusalOfSize(payloadBytes);
    try {
      if (refusal === undefined) {
        payload = decodePayload(reader, request.payloadStart);
        if (codecId !== RAW_CODEC_ID) codec = codecById(codecId);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      refusal = new RpcError('INVALID_ARGUMENT', `${route}: ${error.message}`, { executed: false, cause: error });
    }
    const facts = { id: reader.id, route, payload, payloadBytes, metadata: request.metadata, isOneway, codec };
    const call = new ServedCall(facts, this);
    if (request.deadlineMs !== 0) call.dueMs = this.connection.arrivedMs + request.deadlineMs;
    if (refusal === undefined) return call;
    call.refuse(refusal);
    return undefined;
  }

  /** Asked before the payload is decoded, which may make much of little. */
  private refusalOfSize(payloadBytes: number): RpcError | undefined {
    const { inFlightBytes, world } = this;
    if (inFlightBytes === 0 || inFlightBytes + payloadBytes <= world.inFlightBytesMax) return undefined;
    const message = `calls of ${inFlightBytes} bytes run on this connection, ${payloadBytes} more are above ${world.inFlightBytesMax}`;
    return new RpcError('RESOURCE_EXHAUSTED', message, { executed: false, retryable: true });
  }

  private leaveIfDone(): void {
    if (this.isGone && this.runningEvents.size === 0) this.world.closed(this);
  }
}

function decodePayload(reader: FrameReader, start: number): unknown {
  if ((reader.flags & FrameFlag.compressed) !== 0)
    throw new ProtocolError('wrong-codec', 'compressed bodies are not spoken');
  return codecById(reader.flags & FrameFlag.codecMask).decode(reader.buffer, start, reader.end);
}

/** The client of one connection, as handlers see it. */
export class ConnectedPeer implements Peer {
  private readonly listeners = new Set<() => void>();
  private isGone = false;

  constructor(
    readonly id: number,
    readonly remote: string,
  ) {}

  onClose(listener: () => void): () => void {
    if (this.isGone) {
      listener();
      return () => {};
    }
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The connection is gone. */
  close(): void {
    this.isGone = true;
    const listeners = [...this.listeners];
    this.listeners.clear();
    for (const listener of listeners) listener();
  }
}
