import { Logger } from '@nestjs/common';
import { BaseRpcContext } from '@nestjs/microservices';
import type { Delivery, ReceivedMessage } from '#mq-client';
import { type Duration, durationMs } from '#rpc';
import { metadataOf, ownHeaders } from '../metadata-headers.js';

const logger = new Logger('MqContext');

/** What a handler knows of its message, and how it settles it early: `@Ctx() context: MqContext`. */
export class MqContext extends BaseRpcContext<[ReceivedMessage, Delivery]> {
  private failure: { readonly error: unknown } | undefined;

  /** 32 hex digits, the same in every delivery. */
  get messageId(): string {
    return this.message.messageId;
  }

  get topic(): string {
    return this.message.topic;
  }

  get tag(): string | undefined {
    return this.message.tag;
  }

  get keys(): readonly string[] {
    return this.message.keys;
  }

  get orderingKey(): string | undefined {
    return this.message.orderingKey;
  }

  get queueId(): number {
    return this.message.queueId;
  }

  get offset(): number {
    return this.message.offset;
  }

  /** 1 = first delivery to this group. */
  get deliveryAttempt(): number {
    return this.message.deliveryAttempt;
  }

  /** When the producer made it, by its clock: ms since the Unix epoch. */
  get bornAt(): number {
    return this.message.bornAtMs;
  }

  /** When the broker stored it, by its clock: ms since the Unix epoch. */
  get storedAt(): number {
    return this.message.storedAtMs;
  }

  get headers(): Readonly<Record<string, string>> {
    return ownHeaders(this.message.headers);
  }

  /** Aborted when the lease was lost or the process stops waiting for handlers. */
  get signal(): AbortSignal {
    return this.delivery.signal;
  }

  /** `topic` or `topic:tag`. */
  getPattern(): string {
    return this.tag === undefined ? this.topic : `${this.topic}:${this.tag}`;
  }

  /** What the sender's instrumentation attached (Nest's packet metadata). */
  getMetadata(): Record<string, string> {
    return metadataOf(this.message.headers);
  }

  /** Acknowledges now. The first settling wins; a second one is logged and changes nothing. */
  ack(): void {
    this.settled(this.delivery.ack(), 'ack');
  }

  /** Gives the message back, to be delivered again after `delay` (absent: by the backoff). @throws {OptionsError} when it is no duration */
  retry(options: { readonly delay?: Duration | undefined } = {}): void {
    const delayMs = options.delay === undefined ? undefined : durationMs(options.delay, 'retry.delay');
    this.settled(this.delivery.retry(delayMs), 'retry');
  }

  /** Keeps the message for `lease` from now; the background does so by itself. False = the lease is lost. @throws {OptionsError} */
  extendLease(lease: Duration): Promise<boolean> {
    return this.delivery.extendLease(durationMs(lease, 'extendLease'));
  }

  /** For the interceptor of our decorators: remembers the error before Nest's filter masks it. */
  captureFailure(error: unknown): void {
    this.failure = { error };
  }

  /** The error as the handler threw it, if it was captured; else `masked`, as it came through Nest's filters. */
  rawFailure(masked: unknown): unknown {
    return this.failure === undefined ? masked : this.failure.error;
  }

  private get message(): ReceivedMessage {
    return this.args[0];
  }

  private get delivery(): Delivery {
    return this.args[1];
  }

  private settled(isFirst: boolean, what: string): void {
    if (!isFirst) logger.warn(`${what}() on a message that is settled already: ${this.getPattern()} ${this.messageId}`);
  }
}
