import type { MqTopic } from '../topic.js';
import type { MqHandlerOptions } from './handler-options.js';

/** Under this key a handler's extras carry what `@OnMessage` said. */
export const MQ_MARK = Symbol.for('rookery.mq.handler');

/** What the decorators say of one handler. `classOptions` is filled by `@MqConsumer`, which runs after the methods' decorators. */
export interface HandlerMark {
  readonly topic: MqTopic<never>;
  readonly options: MqHandlerOptions;
  classOptions: MqHandlerOptions | undefined;
}

/** The mark in a handler's extras, if our decorators made it. */
export function markOf(extras: Readonly<Record<PropertyKey, unknown>> | undefined): HandlerMark | undefined {
  // True: nobody else writes under this symbol.
  return extras?.[MQ_MARK] as HandlerMark | undefined;
}

/** The marks of a class's methods, inherited ones included. */
export function marksOfClass(target: object): HandlerMark[] {
  const marks: HandlerMark[] = [];
  // True: class decorators are given constructors.
  let prototype: unknown = (target as { readonly prototype: unknown }).prototype;
  while (typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype) {
    for (const name of Reflect.ownKeys(prototype)) {
      const method: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
      const mark: unknown = typeof method === 'function' ? Reflect.getMetadata(MQ_MARK, method) : undefined;
      // True: as in `markOf`.
      if (mark !== undefined) marks.push(mark as HandlerMark);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return marks;
}
