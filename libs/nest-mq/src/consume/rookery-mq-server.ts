import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { type Consumer, type ConsumerCounts, createConsumer, type Delivery, type ReceivedMessage } from '#mq-client';
import { nestLogger } from '#nest-rpc';
import { nodePlatform, type Platform } from '#platform';
import { type Duration, durationMs, type RpcChannel } from '#rpc';
import { type BrokerLinkOptions, openBrokerLink } from '../broker-link.js';
import { ROOKERY_MQ } from '../transport-id.js';
import { type BoundHandler, type GroupPlan, planGroups } from './group-plan.js';
import { MqContext } from './mq-context.js';
import { runHandler } from './run-handler.js';

/** How the consumers of one application reach their broker and stop. */
export interface RookeryMqServerOptions extends BrokerLinkOptions {
  /** How long `close` waits for running handlers; default '20s'. */
  readonly shutdownTimeout?: Duration | undefined;
}

/** States of the consumers' connection. */
export type RookeryMqStatus = 'connected' | 'disconnected';

/** Listeners of `server.on`: the connection to the broker came or went. */
export type RookeryMqEvents = { connected: () => void; disconnected: () => void };

/**
 * Runs event handlers of Nest as consumers of the queue: `createMicroservice(AppModule, { strategy: new RookeryMqServer({ brokers }) })`.
 * A handler's message is acknowledged when the handler has ended well, and given back with backoff when it failed.
 * One consumer per group; `listen` does not wait for the broker, the consumers keep trying.
 */
export class RookeryMqServer extends Server<RookeryMqEvents, RookeryMqStatus> implements CustomTransportStrategy {
  override readonly transportId = ROOKERY_MQ;
  override readonly propagatesEventHandlerErrors = true;
  private readonly bound: BoundHandler[] = [];
  private readonly platform: Platform;
  private readonly listeners: { readonly event: keyof RookeryMqEvents; readonly callback: () => void }[] = [];
  private consumers = new Map<string, Consumer>();
  private channel: RpcChannel | undefined;

  /** Nothing happens before `listen`. `platform`: parts of the world to replace, for tests. */
  constructor(
    private readonly options: RookeryMqServerOptions,
    platform: Partial<Platform> = {},
  ) {
    super();
    this.platform = nodePlatform({ logger: nestLogger(RookeryMqServer.name), ...platform });
  }

  /** Keeps every handler by itself: Nest's chaining of handlers of one pattern would tie groups together. */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const route = typeof pattern === 'string' ? pattern : this.normalizePattern(JSON.parse(JSON.stringify(pattern)));
    callback.isEventHandler = isEventHandler;
    callback.extras = extras;
    this.bound.push({ route, handler: callback });
    this.messageHandlers.set(route, callback);
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      const plans = planGroups(this.bound);
      const channel = openBrokerLink(this.options, this.platform);
      this.channel = channel;
      channel.onStatus((status) => {
        if (status === 'connected' || status === 'disconnected') this.tell(status);
      });
      for (const plan of plans) this.consumers.set(plan.group, this.newConsumer(plan, channel));
    } catch (error) {
      void this.close();
      callback(error);
      return;
    }
    for (const consumer of this.consumers.values()) consumer.start();
    callback();
  }

  async close(): Promise<void> {
    const consumers = [...this.consumers.values()];
    const channel = this.channel;
    this.consumers = new Map();
    this.channel = undefined;
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await channel?.close();
  }

  /** Counters of every group's consumer in this process. */
  counts(): ReadonlyMap<string, ConsumerCounts> {
    return new Map([...this.consumers].map(([group, consumer]) => [group, consumer.counts()]));
  }

  override on<Event extends keyof RookeryMqEvents>(event: Event, callback: RookeryMqEvents[Event]): void {
    this.listeners.push({ event, callback });
  }

  /** The consumers by group. @throws {Error} before `listen` */
  override unwrap<T>(): T {
    if (this.channel === undefined) throw new Error('Not initialized. Please call the "listen" method first.');
    // The caller says what it expects, as with every strategy of Nest: a Map of consumers by group.
    return this.consumers as T;
  }

  private newConsumer(plan: GroupPlan, channel: RpcChannel): Consumer {
    const { group, settings, subscriptions } = plan;
    const given = this.options.shutdownTimeout;
    const shutdownTimeoutMs = given === undefined ? undefined : durationMs(given, 'mq.shutdownTimeout');
    const handler = (message: ReceivedMessage, delivery: Delivery) => this.handle(plan, message, delivery);
    return createConsumer({ ...settings, group, subscriptions, shutdownTimeoutMs }, handler, channel, this.platform);
  }

  private async handle(plan: GroupPlan, message: ReceivedMessage, delivery: Delivery): Promise<void> {
    const byTag = plan.handlers.get(message.topic);
    const planned = byTag?.get(message.tag ?? '') ?? byTag?.get('');
    // Filtered by the subscription before it came here, and counted there.
    if (planned === undefined) return;
    const context = new MqContext([message, delivery]);
    await this.inHooks(context, () => runHandler(planned, message, context));
  }

  /** Nest's instrumentation hooks around one message. The hook's own return value is not trusted: hooks may drop it. */
  private inHooks(context: MqContext, work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onProcessingStartHook(this.transportId, context, async () => {
        try {
          await work();
          resolve();
        } catch (error) {
          reject(error);
        } finally {
          this.onProcessingEndHook?.(this.transportId, context);
        }
      });
    });
  }

  private tell(status: RookeryMqStatus): void {
    this._status$.next(status);
    for (const { event, callback } of this.listeners) if (event === status) callback();
  }
}
