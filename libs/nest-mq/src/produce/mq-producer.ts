import { Inject, Injectable } from '@nestjs/common';
import { MqError, type OutgoingMessage, type ProducerCounts, type SendReceipt } from '#mq-client';
import { encodeBody } from '../body-codec.js';
import { badMessage, checkMessageValue } from '../check-message-value.js';
import type { MqTopic } from '../topic.js';
import { MqConnection } from './mq-connection.js';

/** What one send may say besides its message. */
export interface MqSendOptions {
  /** Added to the topic's own keys. */
  readonly keys?: readonly string[] | undefined;
  /** Instead of the topic's `orderBy`. */
  readonly orderingKey?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** W3C traceparent text. */
  readonly traceparent?: string | undefined;
}

const OPTION_NAMES: readonly string[] = ['keys', 'orderingKey', 'headers', 'traceparent'];

/** Sends messages of defined topics. Inject it; `MqModule` provides it. */
@Injectable()
export class MqProducer {
  constructor(@Inject(MqConnection) private readonly connection: MqConnection) {}

  /**
   * Resolves when the message is on the broker's disk. @throws {MqError} (rejects) with `outcome` 'failed': certainly not stored, or
   * 'unknown': perhaps stored; 'bad-message' when the schema refuses it; 'unsupported' for an option of a later version.
   */
  async send<Message>(
    topic: MqTopic<Message>,
    message: NoInfer<Message>,
    options: MqSendOptions = {},
  ): Promise<SendReceipt> {
    return this.connection.producer.send(await outgoing(topic, message, options));
  }

  /** All in one entry of the log, in one queue: all or none. One ordering key for all, or none. @throws {MqError} (rejects) as `send` */
  async sendBatch<Message>(
    topic: MqTopic<Message>,
    messages: readonly NoInfer<Message>[],
    options: MqSendOptions = {},
  ): Promise<readonly SendReceipt[]> {
    const all = await Promise.all(messages.map((message) => outgoing(topic, message, options)));
    return this.connection.producer.sendBatch(all);
  }

  /**
   * Sends without telling what became of it; failures are counted (`counts().unseenFailureCount`). With a schema that answers at once or none.
   * @throws {MqError} at once if the message cannot be accepted
   */
  sendOneway<Message>(topic: MqTopic<Message>, message: NoInfer<Message>, options: MqSendOptions = {}): void {
    const checked = outgoing(topic, message, options);
    if (checked instanceof Promise) {
      throw new MqError(
        'unsupported',
        `the schema of ${topic.topic} answers later; one-way sends need one that does not`,
      );
    }
    this.connection.producer.sendOneway(checked);
  }

  counts(): ProducerCounts {
    return this.connection.producer.counts();
  }
}

function outgoing<Message>(
  topic: MqTopic<Message>,
  message: Message,
  options: MqSendOptions,
): OutgoingMessage | Promise<OutgoingMessage> {
  const unknown = Object.keys(options).filter((name) => !OPTION_NAMES.includes(name));
  if (unknown.length > 0) throw new MqError('unsupported', `send options not in this version: ${unknown.join(', ')}`);
  const made = (): OutgoingMessage => ({
    topic: topic.topic,
    tag: topic.tag,
    keys: [...topic.keysOf(message), ...(options.keys ?? [])],
    orderingKey: options.orderingKey ?? topic.orderingKeyOf(message),
    headers: options.headers,
    traceparent: options.traceparent,
    // The value as given, not as the schema converts it: the consumer's check does that, so a converting schema runs once.
    ...encodeBody(message, topic.encoding),
  });
  try {
    const checked = checkMessageValue(topic, message);
    if (!(checked instanceof Promise)) return made();
    return checked.then(made, (error: unknown) => {
      throw badMessage(error);
    });
  } catch (error) {
    throw badMessage(error);
  }
}
