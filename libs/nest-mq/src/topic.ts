import { OptionsError } from '#platform';
import { type Schema, type SchemaOutput, type StandardSchema, standardSchemaOf } from '#rpc';
import { parseTopicPattern } from './topic-pattern.js';

/** How the bodies of a topic are encoded. The encoding travels with each message, so consumers need not agree. */
export type TopicEncoding = 'json' | 'msgpack';

/** What may be said of a topic besides its name. `Message` is what handlers get. */
export interface TopicOptions<Message> {
  /** What kind of message this is within the topic; consumers of it get only messages with this tag. Up to 255 bytes. */
  readonly tag?: string | undefined;
  /** Business keys to find a message by. */
  readonly key?: ((message: Message) => string | readonly string[]) | undefined;
  /** Messages with the same result go to the same queue, in the order they were sent. */
  readonly orderBy?: ((message: Message) => string) | undefined;
  /** Default 'json'. */
  readonly encoding?: TopicEncoding | undefined;
}

/** One kind of message: where it goes, what it looks like, how it is found. Made by `defineTopic`; shared by sender and consumers. */
export interface MqTopic<Message = unknown> {
  readonly topic: string;
  readonly tag: string | undefined;
  /** Checks values before they are sent and before handlers see them; undefined = types only. */
  readonly schema: StandardSchema<unknown, unknown> | undefined;
  readonly encoding: TopicEncoding;
  keysOf(message: Message): readonly string[];
  orderingKeyOf(message: Message): string | undefined;
  /** Nothing at run time: carries the type. */
  readonly messageType?: Message | undefined;
}

/** What messages of a topic definition look like to handlers. */
export type MessageOf<Topic> = Topic extends MqTopic<infer Message> ? Message : never;

/**
 * Defines one kind of message: `defineTopic('orders', { tag: 'placed', schema, key: (m) => m.orderId })`, or, with types only,
 * `defineTopic<OrderPlaced>('orders', { tag: 'placed' })`. The schema is any Standard Schema or a class.
 * @throws {OptionsError} when name or tag cannot be one
 */
export function defineTopic<S extends Schema>(
  name: string,
  options: TopicOptions<SchemaOutput<S>> & { readonly schema: S },
): MqTopic<SchemaOutput<S>>;
export function defineTopic<Message>(
  name: string,
  options?: TopicOptions<Message> & { readonly schema?: undefined },
): MqTopic<Message>;
export function defineTopic(
  name: string,
  options: TopicOptions<never> & { readonly schema?: Schema | undefined } = {},
): MqTopic<never> {
  const { tag, schema, key, orderBy, encoding = 'json' } = options;
  if (name.includes(':')) {
    throw new OptionsError([{ path: 'defineTopic', problem: `'${name}': give the tag as an option` }]);
  }
  parseTopicPattern(tag === undefined ? name : `${name}:${tag}`);
  return Object.freeze({
    topic: name,
    tag,
    schema: schema === undefined ? undefined : standardSchemaOf(schema),
    encoding,
    keysOf(message: never): readonly string[] {
      const keys = key?.(message) ?? [];
      return typeof keys === 'string' ? [keys] : keys;
    },
    orderingKeyOf: (message: never) => orderBy?.(message),
  });
}
