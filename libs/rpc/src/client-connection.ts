import {
  type Codec,
  codecById,
  codecFor,
  encodeMetadata,
  encodeTraceparent,
  FrameFlag,
  type FrameReader,
  FrameType,
  HEADER_BYTES,
  type HelloFields,
  ProtocolError,
  type RequestHead,
  ROUTE_BYTES_MAX,
  ROUTE_COUNT_MAX,
  ROUTE_UNNUMBERED,
  requestBits,
  requestHeadBytes,
  WINDOW_FRAME_BYTES,
  writeHeader,
  writeRequestHead,
  writeWindow,
} from '#protocol';
import type { Connection, FrameReceiver, TransportError, TransportOptions } from '#transport';
import { readRpcError } from './error-on-the-wire.js';
import type { Metadata } from './inbound-call.js';
import type { AttemptCarrier, OutboundCall } from './outbound-call.js';
import { RpcError } from './rpc-error.js';

/** Ids wrap here; long before, the calls with low ids are done. */
const ID_MAX = 0xffff_ffff;
/** What the wire can say. */
const DEADLINE_MS_MAX = 0xffff_ffff;
/** (now + 300) - now may be above 300 by less than this. */
const FLOAT_ERROR_MS = 1e-3;

/** Who wants to know how a connection fares. */
export interface ClientConnectionEvents {
  /** The server asks for no new calls. */
  draining(connection: ClientConnection): void;
  closed(connection: ClientConnection, error: TransportError): void;
}

/** The calling side of one greeted connection: writes requests, and hands answers to the calls that wait for them. */
export class ClientConnection implements FrameReceiver, AttemptCarrier {
  private readonly pending = new Map<number, OutboundCall>();
  private readonly routeNumbers = new Map<string, number>();
  private readonly head = new RequestHeadFields();
  private lastId = 0;
  private isDraining = false;
  private farewell: RpcError | undefined = undefined;

  constructor(
    private readonly connection: Connection,
    private readonly server: HelloFields,
    private readonly options: TransportOptions,
    private readonly events: ClientConnectionEvents,
  ) {}

  get remote(): string {
    return this.connection.remote;
  }

  get inFlightCount(): number {
    return this.pending.size;
  }

  private get isAtLimit(): boolean {
    return this.pending.size >= this.options.inFlightCountMax || this.pending.size >= this.server.inFlightCountMax;
  }

  /** False once the server asked for no new calls or the connection is gone. */
  get takesCalls(): boolean {
    return !this.isDraining && this.connection.isOpen;
  }

  /** Writes the call's request; its answers will come to it. `nowMs` is monotonic. Failures come to `call` too. */
  send(call: OutboundCall, nowMs: number): void {
    if (this.isAtLimit || this.connection.isFull) {
      call.attemptFailed(this.refusedHere(`${this.pending.size} calls in flight at ${this.remote}`));
      return;
    }
    const failure = this.write(call, nowMs);
    if (failure !== undefined) call.error(failure);
    else if (call.request.isOneway) call.complete();
  }

  cancel(call: OutboundCall): void {
    if (!this.pending.delete(call.id)) return;
    const at = this.connection.outbox.reserve(HEADER_BYTES);
    this.connection.outbox.commit(writeHeader(this.connection.outbox.slab, at, 0, FrameType.cancel << 8, call.id));
    this.connection.written();
    this.endIfDone();
  }

  /** Closes after what was written is sent; pending calls fail. */
  end(): void {
    this.isDraining = true;
    this.connection.end();
    this.failPending(new RpcError('UNAVAILABLE', `${this.remote}: the channel was closed`));
  }

  /** Takes no new calls and closes once the running ones are answered. */
  retire(): void {
    this.isDraining = true;
    this.endIfDone();
  }

  frame(reader: FrameReader): void {
    switch (reader.type) {
      case FrameType.response:
        this.answered(reader, true);
        break;
      case FrameType.streamData:
        this.answered(reader, false);
        break;
      case FrameType.streamEnd:
        this.takePending(reader.id)?.complete();
        break;
      case FrameType.error:
        this.failed(reader);
        break;
      case FrameType.goaway:
        this.isDraining = true;
        this.events.draining(this);
        break;
      default:
        throw new ProtocolError('malformed-frame', `a server does not send frames of type ${reader.type}`);
    }
    if (this.isDraining) this.endIfDone();
  }

  closed(error: TransportError): void {
    this.isDraining = true;
    this.failPending(
      this.farewell ?? new RpcError('UNAVAILABLE', `connection lost: ${error.message}`, { cause: error }),
    );
    this.events.closed(this, error);
  }

  private write(call: OutboundCall, nowMs: number): RpcError | undefined {
    const { request } = call;
    const { head } = this;
    let codec: Codec;
    let payload: Uint8Array;
    try {
      codec = codecFor(request.payload, request.codec);
      payload = codec.encode(request.payload);
      if (request.metadata === undefined) head.without();
      else head.with(request.metadata);
      this.setRoute(head, request.route);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return new RpcError('INVALID_ARGUMENT', `${request.route}: ${error.message}`, { executed: false, cause: error });
    }
    const headBytes = requestHeadBytes(head);
    if (headBytes + payload.length - HEADER_BYTES > this.server.frameBytesMax) {
      return this.refusedHere(
        `${request.route}: ${payload.length} bytes, the server takes ${this.server.frameBytesMax}`,
      );
    }
    head.id = request.isOneway ? 0 : this.nextId();
    head.deadlineMs = call.dueMs === Number.POSITIVE_INFINITY ? 0 : wholeMs(call.dueMs - nowMs);
    if (head.routeText !== undefined) this.remember(request.route, head.routeNumber);
    call.id = head.id;
    call.connection = this;
    if (!request.isOneway) this.pending.set(head.id, call);
    this.writeFrame(head, headBytes, requestBits(request.isOneway, codec.id), payload);
    return undefined;
  }

  private writeFrame(head: RequestHead, headBytes: number, bits: number, payload: Uint8Array): void {
    const { outbox } = this.connection;
    const at = outbox.reserve(headBytes);
    outbox.commit(writeRequestHead(outbox.slab, at, head, bits, payload.length));
    outbox.append(payload);
    this.connection.written();
  }

  private setRoute(head: RequestHeadFields, route: string): void {
    const known = this.routeNumbers.get(route);
    if (known !== undefined) {
      head.routeNumber = known;
      head.routeText = undefined;
      return;
    }
    const text = Buffer.from(route);
    if (text.length > ROUTE_BYTES_MAX) {
      throw new ProtocolError('unencodable', `a route of ${text.length} bytes, at most ${ROUTE_BYTES_MAX} are carried`);
    }
    head.routeNumber = this.routeNumbers.size < ROUTE_COUNT_MAX ? this.routeNumbers.size : ROUTE_UNNUMBERED;
    head.routeText = text;
  }

  private remember(route: string, routeNumber: number): void {
    if (routeNumber !== ROUTE_UNNUMBERED) this.routeNumbers.set(route, routeNumber);
  }

  private nextId(): number {
    do this.lastId = this.lastId === ID_MAX ? 1 : this.lastId + 1;
    while (this.pending.has(this.lastId));
    return this.lastId;
  }

  private answered(reader: FrameReader, isLast: boolean): void {
    const call = isLast ? this.takePending(reader.id) : this.pending.get(reader.id);
    // A call that was given up: its answer crossed the CANCEL.
    if (call === undefined) return;
    if ((reader.flags & FrameFlag.empty) !== 0) {
      call.complete();
      return;
    }
    let value: unknown;
    try {
      value = decodeBody(reader);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.cancel(call);
      const message = `${call.request.route}: the answer cannot be read: ${error.message}`;
      call.error(new RpcError('INTERNAL', message, { executed: true, cause: error }));
      return;
    }
    if (!isLast) this.grant(call, reader.end - reader.start);
    call.value(value, isLast);
  }

  /** The sink has no way to hold back, so what was received counts as consumed; credit goes back in halves of the window. */
  private grant(call: OutboundCall, bytes: number): void {
    call.credit ??= { usedCount: 0, usedBytes: 0 };
    const { credit } = call;
    credit.usedCount++;
    credit.usedBytes += bytes;
    if (credit.usedCount * 2 < this.options.windowCount && credit.usedBytes * 2 < this.options.windowBytes) return;
    const { outbox } = this.connection;
    const at = outbox.reserve(WINDOW_FRAME_BYTES);
    outbox.commit(writeWindow(outbox.slab, at, call.id, credit.usedCount, credit.usedBytes));
    this.connection.written();
    credit.usedCount = 0;
    credit.usedBytes = 0;
  }

  private failed(reader: FrameReader): void {
    const error = readRpcError(reader.buffer, reader.start, reader.end, reader.flags);
    if (reader.id === 0)
      this.farewell = new RpcError('UNAVAILABLE', `${this.remote} ended the connection: ${error.message}`, {
        cause: error,
      });
    else this.takePending(reader.id)?.attemptFailed(error);
  }

  private takePending(id: number): OutboundCall | undefined {
    const call = this.pending.get(id);
    if (call !== undefined) this.pending.delete(id);
    return call;
  }

  private failPending(error: RpcError): void {
    const calls = [...this.pending.values()];
    this.pending.clear();
    for (const call of calls) call.attemptFailed(error);
  }

  private endIfDone(): void {
    if (this.isDraining && this.pending.size === 0) this.connection.end();
  }

  private refusedHere(message: string): RpcError {
    return new RpcError('RESOURCE_EXHAUSTED', message, { executed: false, retryable: true });
  }
}

/** At least 1, for 0 means "none"; rounded up, so the server never gives up before this side does. What floating point added is no ms. */
function wholeMs(leftMs: number): number {
  return Math.min(Math.max(1, Math.ceil(leftMs - FLOAT_ERROR_MS)), DEADLINE_MS_MAX);
}

function decodeBody(reader: FrameReader): unknown {
  if ((reader.flags & FrameFlag.compressed) !== 0)
    throw new ProtocolError('wrong-codec', 'compressed bodies are not spoken');
  return codecById(reader.flags & FrameFlag.codecMask).decode(reader.buffer, reader.start, reader.end);
}

/** The head of the request that is being written; one object for all of a connection. */
class RequestHeadFields implements RequestHead {
  id = 0;
  deadlineMs = 0;
  routeNumber = 0;
  routeText: Uint8Array | undefined = undefined;
  trace: Uint8Array | undefined = undefined;
  metadata: Uint8Array | undefined = undefined;

  without(): void {
    this.trace = undefined;
    this.metadata = undefined;
  }

  with(metadata: Metadata): void {
    const traceparent = metadata['traceparent'];
    this.trace = traceparent === undefined ? undefined : encodeTraceparent(traceparent);
    this.metadata = encodeMetadata(metadata, this.trace === undefined ? undefined : 'traceparent');
  }
}
