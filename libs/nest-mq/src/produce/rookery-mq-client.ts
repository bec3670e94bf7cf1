import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { createProducer, MqError, type OutgoingMessage, type Producer } from '#mq-client';
import { nestLogger } from '#nest-rpc';
import { nodePlatform, type Platform } from '#platform';
import type { RpcChannel } from '#rpc';
import { encodeBody } from '../body-codec.js';
import { type BrokerLinkOptions, openBrokerLink } from '../broker-link.js';
import { withMetadata } from '../metadata-headers.js';
import { RookeryRecord } from '../mq-record.js';
import { parseTopicPattern } from '../topic-pattern.js';

/** What `ClientsModule` gives to the client. */
export interface RookeryMqClientOptions extends BrokerLinkOptions {}

/** States of the client's connection. */
export type RookeryMqClientStatus = 'connected' | 'disconnected';

/** Listeners of `client.on`. */
export type RookeryMqClientEvents = { connected: () => void; disconnected: () => void };

interface Session {
  readonly channel: RpcChannel;
  readonly producer: Producer;
}

/**
 * Nest's client for the queue: `emit('orders:placed', value)` is a durable send, and its Observable emits the receipt.
 * `send` (request and reply) is refused in this version.
 */
export class RookeryMqClient extends ClientProxy<RookeryMqClientEvents> {
  private readonly platform: Platform;
  private readonly listeners: { readonly event: keyof RookeryMqClientEvents; readonly callback: () => void }[] = [];
  private session: Session | undefined;

  /** Nothing happens before the first use. `platform`: parts of the world to replace, for tests. */
  constructor(
    private readonly options: RookeryMqClientOptions,
    platform: Partial<Platform> = {},
  ) {
    super();
    this.platform = nodePlatform({ logger: nestLogger(RookeryMqClient.name), ...platform });
  }

  /** The states of the connection, the last one first. The class does not name them to ClientProxy: `customClass` takes no narrower status. */
  override get status(): Observable<RookeryMqClientStatus> {
    // True: only `open` writes to it, and only these two.
    return super.status as Observable<RookeryMqClientStatus>;
  }

  /** Resolves when the broker is reached. @throws {MqError} 'unavailable' */
  override async connect(): Promise<void> {
    const { channel } = this.open();
    if (channel.status === 'connected') return;
    try {
      await channel.connect();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new MqError('unavailable', `connect: ${reason}`, { retryable: true, cause: error });
    }
  }

  /** Settles what was accepted, then closes; a later use connects again. */
  override async close(): Promise<void> {
    const session = this.session;
    this.session = undefined;
    await session?.producer.close();
    await session?.channel.close();
  }

  override on<Event extends keyof RookeryMqClientEvents>(event: Event, callback: RookeryMqClientEvents[Event]): void {
    this.listeners.push({ event, callback });
  }

  /** The producer. @throws {Error} before the first use */
  override unwrap<T>(): T {
    if (this.session === undefined) throw new Error('Not initialized. Please call the "connect" method first.');
    // The caller says what it expects, as with every client of Nest: the Producer.
    return this.session.producer as T;
  }

  protected override publish(_packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    callback({ err: new MqError('unsupported', 'request and reply over the queue is not in this version; use emit') });
    return () => undefined;
  }

  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const receipt = await this.open().producer.send(outgoing(packet));
    // Nest's type leaves it to the caller: what is emitted is a SendReceipt.
    return receipt as T;
  }

  private open(): Session {
    if (this.session !== undefined) return this.session;
    const channel = openBrokerLink(this.options, this.platform);
    channel.onStatus((status) => {
      if (status !== 'connected' && status !== 'disconnected') return;
      this._status$.next(status);
      for (const { event, callback } of this.listeners) if (event === status) callback();
    });
    this.session = { channel, producer: createProducer({}, channel, this.platform) };
    return this.session;
  }
}

function outgoing(packet: ReadPacket & { readonly metadata?: Record<string, string> }): OutgoingMessage {
  const { topic, tag } = parseTopicPattern(packet.pattern);
  const record = packet.data instanceof RookeryRecord ? packet.data : new RookeryRecord<unknown>(packet.data);
  const { keys, orderingKey, headers, tag: recordTag } = record.options;
  if (tag !== undefined && recordTag !== undefined && tag !== recordTag) {
    throw new MqError('bad-message', `the pattern says tag ${tag}, the record says ${recordTag}`);
  }
  return {
    topic,
    tag: tag ?? recordTag,
    keys,
    orderingKey,
    headers: withMetadata(headers, packet.metadata),
    ...encodeBody(record.data, 'json'),
  };
}
