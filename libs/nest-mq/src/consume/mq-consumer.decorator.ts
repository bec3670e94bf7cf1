import { Controller } from '@nestjs/common';
import { OptionsError } from '#platform';
import { marksOfClass } from './handler-mark.js';
import type { MqHandlerOptions } from './handler-options.js';

/**
 * A controller that consumes: `@MqConsumer({ group: 'billing', concurrency: 16 })`, with `@OnMessage` on its methods. List it under
 * `controllers`. Guards, pipes, interceptors and filters apply as to any controller.
 * @throws {OptionsError} when an inherited handler belongs to another consumer class already
 */
export function MqConsumer(options: MqHandlerOptions): ClassDecorator {
  return (target) => {
    Controller()(target);
    for (const mark of marksOfClass(target)) {
      if (mark.classOptions !== undefined) {
        const problem = `an inherited handler of ${mark.topic.topic} is used by another consumer class`;
        throw new OptionsError([{ path: `@MqConsumer ${target.name}`, problem }]);
      }
      mark.classOptions = options;
    }
  };
}
