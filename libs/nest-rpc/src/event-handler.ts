import type { LoggerService } from '@nestjs/common';
import { checkInput, type RpcHandler } from '#rpc';
import type { HandlerSetting } from './call-handler.js';
import { settled } from './handler-answer.js';
import { failureText } from './handler-failure.js';
import type { BoundHandler } from './handler-table.js';
import { runInHooks } from './processing-hooks.js';
import { RookeryContext } from './rookery-context.js';
import { incomingPayload } from './server-packets.js';

/** What Nest's own filter answers after it logged an unexpected error. */
const LOGGED_BY_NEST = 'Internal server error';

/**
 * A Nest event handler as the RPC server runs it. The promise lasts until the handler and whatever it returned have ended, so a drain
 * waits for it; it never rejects: the failure is logged here, once, and other handlers of the event are not touched.
 */
export function eventHandler(handler: BoundHandler, setting: HandlerSetting, logger: LoggerService): RpcHandler {
  const { route, method } = handler;
  return async (call) => {
    const context = new RookeryContext([call, setting.sharesAppConfig]);
    const work = async (): Promise<void> => {
      let payload = await incomingPayload(setting.packets, route, call.payload);
      if (method?.input !== undefined) payload = await checkInput(method.input, payload, `${route}: input`);
      await settled(await handler.run(payload, context));
    };
    const hooks = setting.hooks(context);
    try {
      await (hooks === undefined ? work() : runInHooks(hooks, work));
    } catch (error) {
      const text = failureText(error);
      if (text !== LOGGED_BY_NEST) logger.error(`event handler of '${route}' failed: ${text}`, stackOf(error));
    }
  };
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
