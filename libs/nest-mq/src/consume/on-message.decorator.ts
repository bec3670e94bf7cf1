import { UseInterceptors } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { MqTopic } from '../topic.js';
import { ROOKERY_MQ } from '../transport-id.js';
import { CaptureFailureInterceptor } from './capture-failure.interceptor.js';
import { type HandlerMark, MQ_MARK } from './handler-mark.js';
import type { MqHandlerOptions } from './handler-options.js';

/** A handler that takes the topic's message first. */
export type OnMessageHandler<Message> = (message: Message, ...rest: never[]) => unknown;

/**
 * Handles the messages of a topic definition: `@OnMessage(OrderPlaced)`. Returning (also a promise or an Observable, awaited) acknowledges,
 * throwing gives the message back with backoff; see `RetryLater`, `DeadLetter`, `Skip`. A handler of another message type does not compile.
 * `options` win over those of `@MqConsumer`.
 */
export function OnMessage<Message>(topic: MqTopic<Message>, options: MqHandlerOptions = {}) {
  return <H extends OnMessageHandler<Message>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    // True: the functions of a topic are only ever called with its own messages.
    const mark: HandlerMark = { topic: topic as MqTopic<never>, options, classOptions: undefined };
    Reflect.defineMetadata(MQ_MARK, mark, descriptor.value ?? target);
    const pattern = topic.tag === undefined ? topic.topic : `${topic.topic}:${topic.tag}`;
    // The type argument picks the overload that takes any method: the others do not know contexts.
    EventPattern<string>(pattern, ROOKERY_MQ, { [MQ_MARK]: mark })(target, key, descriptor);
    UseInterceptors(CaptureFailureInterceptor)(target, key, descriptor);
  };
}
