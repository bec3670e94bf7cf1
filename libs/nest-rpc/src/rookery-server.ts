import { EventEmitter } from 'node:events';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { nodePlatform, type Platform, type SocketAddress } from '#platform';
import { createRpcServer, RpcError, type RpcServer } from '#rpc';
import { callHandler, type HandlerSetting } from './call-handler.js';
import { eventHandler } from './event-handler.js';
import { HandlerTable } from './handler-table.js';
import { nestLogger } from './nest-logger.js';
import { patternRoute } from './pattern-route.js';
import {
  type ResolvedServerOptions,
  type RookeryServerOptions,
  resolveRookeryServerOptions,
} from './rookery-server.options.js';
import { registerServices, type ServiceRegistration } from './service-registration.js';
import { ROOKERY_RPC } from './transport-id.js';

/** What `server.on` may listen for. */
export type RookeryServerEvents = {
  listening: (address: SocketAddress) => void;
  close: () => void;
};

/** `connected` = listening. */
export type RookeryServerStatus = 'connected' | 'disconnected';

/** One run of the server, from `listen` to `close`. */
interface Running {
  readonly server: RpcServer;
  readonly registration: ServiceRegistration | undefined;
}

/**
 * Serves a Nest microservice over Rookery: `NestFactory.createMicroservice(App, { strategy: new RookeryServer({ port: 4100 }) })`.
 * The constructor does no I/O. Pattern handlers are bound by their exact text (objects: JSON with sorted keys).
 */
export class RookeryServer extends Server<RookeryServerEvents, RookeryServerStatus> implements CustomTransportStrategy {
  override readonly transportId = ROOKERY_RPC;
  /** Failures of event handlers are logged here, once each: Nest must not log them as well. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly options: ResolvedServerOptions;
  private readonly platform: Platform;
  private readonly table = new HandlerTable();
  private readonly events = new EventEmitter();
  private readonly defaultStartHook = this.onProcessingStartHook;
  private running: Running | undefined;
  private starting: Promise<SocketAddress> | undefined;
  private closing: Promise<void> | undefined;

  /** @throws {OptionsError} naming every problem */
  constructor(options: RookeryServerOptions = {}, platform: Partial<Platform> = {}) {
    super();
    this.options = resolveRookeryServerOptions(options);
    this.platform = nodePlatform({ logger: nestLogger(RookeryServer.name), ...platform });
    const { serializer, deserializer } = options;
    this.initializeSerializer(serializer === undefined ? {} : { serializer });
    this.initializeDeserializer(deserializer === undefined ? {} : { deserializer });
  }

  /**
   * Binds one handler, as Nest calls it. Events: any number per pattern, each runs on its own. Messages: one per pattern.
   *
   * @throws {RpcError} ALREADY_EXISTS for a second message handler of a pattern
   */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras = {}): void {
    const route = patternRoute(pattern);
    callback.isEventHandler = isEventHandler;
    callback.extras = extras;
    if (isEventHandler) this.table.addEvent(route, callback);
    else this.table.addCall(route, callback);
    // For `getHandlers()` only. The base class chains event handlers through `next`, which would let one stop the others.
    if (!isEventHandler || !this.messageHandlers.has(route)) this.messageHandlers.set(route, callback);
  }

  /** Starts serving; `callback` gets an error, or null and the address, exactly once. */
  listen(callback: (error: unknown, address?: SocketAddress) => void): void {
    this.startOnce().then(
      (address) => callback(null, address),
      (error: unknown) => callback(error),
    );
  }

  /** Deregisters, refuses new calls, waits for running ones up to `shutdownTimeout`, closes. Safe before `listen` and twice. */
  close(): Promise<void> {
    this.closing ??= this.stop().finally(() => {
      this.closing = undefined;
    });
    return this.closing;
  }

  /** The address in use. @throws {RpcError} FAILED_PRECONDITION when it does not listen */
  address(): SocketAddress {
    return this.unwrap<RpcServer>().address;
  }

  /** Listeners may be added before `listen`. */
  on<K extends keyof RookeryServerEvents, C extends RookeryServerEvents[K]>(event: K, callback: C): this {
    this.events.on(event, callback);
    return this;
  }

  /** The RPC server underneath. @throws {RpcError} FAILED_PRECONDITION when it does not listen */
  unwrap<T = RpcServer>(): T {
    if (this.running === undefined) {
      throw new RpcError('FAILED_PRECONDITION', 'Not initialized. Call "listen" (or "startAllMicroservices") first.');
    }
    // The caller names the type, as in every Nest transport; there is only one to name.
    return this.running.server as T;
  }

  protected override normalizePattern(pattern: unknown): string {
    return patternRoute(pattern);
  }

  private async startOnce(): Promise<SocketAddress> {
    if (this.running !== undefined || this.starting !== undefined) {
      throw new RpcError('FAILED_PRECONDITION', 'this RookeryServer listens already');
    }
    this.starting = this.start().finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  private async start(): Promise<SocketAddress> {
    const server = createRpcServer(this.options.settings, this.platform);
    const setting = this.handlerSetting();
    for (const each of this.table.calls) server.onCall(each.route, callHandler(each, setting));
    for (const each of this.table.events) server.onEvent(each.route, eventHandler(each, setting, this.logger));
    await server.listen();
    const { address } = server;
    try {
      const registration = await registerServices(this.options.given, this.table.contracts, address, this.platform);
      this.running = { server, registration };
    } catch (error) {
      await server.close();
      throw error;
    }
    this._status$.next('connected');
    this.tell('listening', address);
    return address;
  }

  private async stop(): Promise<void> {
    // What is just starting would listen for ever; that it failed is told to `listen`.
    await this.starting?.catch(() => {});
    const { running } = this;
    if (running === undefined) return;
    try {
      await running.registration?.close();
    } finally {
      await running.server.close();
      this.running = undefined;
      this._status$.next('disconnected');
      this.tell('close');
    }
  }

  /** A listener that throws must neither fail `listen` nor leave `close` half done. */
  private tell(event: keyof RookeryServerEvents, ...args: readonly unknown[]): void {
    try {
      this.events.emit(event, ...args);
    } catch (error) {
      this.logger.error(error);
    }
  }

  private handlerSetting(): HandlerSetting {
    const { serializer, deserializer, inheritsAppConfig } = this.options.given;
    const transportId = this.transportId;
    return {
      packets: { serializer, deserializer },
      sharesAppConfig: inheritsAppConfig === true,
      hooks: (context) => {
        if (this.onProcessingStartHook === this.defaultStartHook && this.onProcessingEndHook === undefined)
          return undefined;
        return {
          start: (work) => this.onProcessingStartHook(transportId, context, work),
          end: () => this.onProcessingEndHook?.(transportId, context),
        };
      },
    };
  }
}
