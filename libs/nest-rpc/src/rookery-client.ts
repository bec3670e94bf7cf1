import { EventEmitter } from 'node:events';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import { Observable, type Observer } from 'rxjs';
import { nodePlatform, type Platform } from '#platform';
import { type AnswerSink, type ChannelStatus, createRpcChannel, type RpcChannel, RpcError } from '#rpc';
import { type AnswerMapping, CallbackSink, FailurePacket, ObserverSink } from './answer-sinks.js';
import { deserializingSink } from './client-packets.js';
import { nestLogger } from './nest-logger.js';
import { type OutgoingCall, outgoingCall, serializedCall } from './outgoing-call.js';
import { patternRoute } from './pattern-route.js';
import { connectRegistry, type RegistryConnection } from './registry-connection.js';
import {
  type ResolvedClientOptions,
  type RookeryClientOptions,
  resolveRookeryClientOptions,
} from './rookery-client.options.js';

/** What `client.on` may listen for. Listeners stay until `close()`. */
export type RookeryClientEvents = {
  connect: () => void;
  disconnect: () => void;
  close: () => void;
};

/** From the first use to `close`. */
interface Open {
  readonly channel: RpcChannel;
  readonly registry: RegistryConnection | undefined;
  readonly forgetStatus: () => void;
}

/**
 * A Nest client over Rookery: `ClientsModule.register([{ name, customClass: RookeryClient, options: { url } }])`.
 * Connects on first use and reconnects by itself. Unsubscribing cancels the call at the server. The constructor does no I/O.
 */
export class RookeryClient extends ClientProxy<RookeryClientEvents> {
  private readonly options: ResolvedClientOptions;
  private readonly platform: Platform;
  private readonly events = new EventEmitter();
  /** False when a subclass replaced one of Nest's extension points: then calls take Nest's own way through them. */
  private readonly isDirect: boolean;
  private readonly mapping: AnswerMapping = {
    response: (value) => this.serializeResponse(value),
    error: (error) => this.serializeError(error),
  };
  private current: Open | undefined;

  /** @throws {OptionsError} naming every problem */
  constructor(options: RookeryClientOptions, platform: Partial<Platform> = {}) {
    super();
    this.options = resolveRookeryClientOptions(options);
    this.platform = nodePlatform({ logger: nestLogger(RookeryClient.name), ...platform });
    const own = RookeryClient.prototype;
    this.isDirect = this.publish === own.publish && this.createObserver === own.createObserver;
    const { serializer, deserializer } = options;
    this.initializeSerializer(serializer === undefined ? {} : { serializer });
    this.initializeDeserializer(deserializer === undefined ? {} : { deserializer });
  }

  /** Resolves once a connection stands. A failure is not remembered. @throws {RpcError} UNAVAILABLE */
  connect(): Promise<void> {
    return this.open().channel.connect();
  }

  /**
   * Fails pending calls and closes; a later call connects again. Arguments (Nest passes a signal name) are ignored.
   * Safe without a connection and twice.
   */
  async close(_signal?: unknown): Promise<void> {
    const { current } = this;
    if (current === undefined) return;
    this.current = undefined;
    await current.channel.close();
    current.forgetStatus();
    await current.registry?.close();
    this._status$.next('closed');
    this.tell('close');
    this.events.removeAllListeners();
  }

  override on<K extends keyof RookeryClientEvents, C extends RookeryClientEvents[K]>(event: K, callback: C): void {
    this.events.on(event, callback);
  }

  /** The channel underneath. @throws {RpcError} FAILED_PRECONDITION before the first use */
  unwrap<T = RpcChannel>(): T {
    if (this.current === undefined) {
      throw new RpcError('FAILED_PRECONDITION', 'Not initialized. Call "connect" or send something first.');
    }
    // The caller names the type, as in every Nest transport; there is only one to name.
    return this.current.channel as T;
  }

  /**
   * Nest's `send` without its detours (a promise, two operators and a packet id per call). Cold: each subscription is one call.
   * The result errors with what the handler's filters made, or an RpcError.
   */
  // biome-ignore lint/suspicious/noExplicitAny: Nest's signature.
  override send<TResult = any, TInput = any>(pattern: any, data: TInput): Observable<TResult> {
    // The base also has the right exception for a missing pattern or payload, which it does not export.
    if (!this.isDirect || isNil(pattern) || isNil(data)) return super.send(pattern, data);
    return new Observable<TResult>((subscriber) => {
      const { channel } = this.open();
      const { route, payload, options } = this.outgoing(this.packet(pattern, data));
      return channel.open(route, payload, this.incoming(new ObserverSink(subscriber, this.mapping)), options);
    });
  }

  protected publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const sink = this.incoming(new CallbackSink(callback));
    try {
      const { route, payload, options } = this.outgoing(packet);
      return this.open().channel.open(route, payload, sink, options);
    } catch (error) {
      sink.error(error);
      return () => {};
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: Nest's signature.
  protected async dispatchEvent<T = any>(packet: ReadPacket): Promise<T> {
    const { route, payload, options } = this.outgoing(packet);
    // `void` is what an event resolves to; the type parameter is Nest's, for transports that return something.
    return (await this.open().channel.oneway(route, payload, options)) as T;
  }

  /** As in Nest, but an error that is falsy stays an error: there a falsy one reads as completion. */
  protected override createObserver<T>(observer: Observer<T>): (packet: WritePacket) => void {
    const deliver = super.createObserver(observer);
    return (packet) => {
      if (packet instanceof FailurePacket) observer.error(this.serializeError(packet.err));
      else deliver(packet);
    };
  }

  protected override normalizePattern(pattern: unknown): string {
    return patternRoute(pattern);
  }

  private open(): Open {
    if (this.current !== undefined) return this.current;
    const { address, service, codec, timeoutMs, token, registry } = this.options;
    const connection =
      registry === undefined || service === undefined ? undefined : connectRegistry(registry, this.platform);
    const target = connection === undefined ? { address } : { service, directory: connection.client };
    const channel = createRpcChannel({ ...target, codec, timeoutMs, token }, this.platform);
    const forgetStatus = channel.onStatus((status) => this.onStatus(status));
    this.current = { channel, registry: connection, forgetStatus };
    return this.current;
  }

  private onStatus(status: ChannelStatus): void {
    this._status$.next(status);
    if (status === 'connected') this.tell('connect');
    if (status === 'disconnected') this.tell('disconnect');
  }

  private tell(event: keyof RookeryClientEvents): void {
    try {
      this.events.emit(event);
    } catch (error) {
      // A listener that throws must not break the connection that told it.
      this.platform.logger.error(`a listener of '${event}' failed: ${String(error)}`);
    }
  }

  /** Runs the dispatch hook where the base has one (Nest 12). */
  private packet(pattern: unknown, data: unknown): ReadPacket {
    return typeof this.createPacket === 'function' ? this.createPacket(pattern, data) : { pattern, data };
  }

  private outgoing(packet: ReadPacket): OutgoingCall {
    const { serializer } = this.options;
    return serializer === undefined ? outgoingCall(packet) : serializedCall(packet, serializer);
  }

  private incoming(sink: AnswerSink): AnswerSink {
    const { deserializer } = this.options;
    return deserializer === undefined ? sink : deserializingSink(sink, deserializer);
  }
}

function isNil(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
