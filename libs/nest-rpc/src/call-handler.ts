import { AnswerStream, checkInput, checkOutput, type InboundCall, type RpcHandler } from '#rpc';
import { handlerAnswer } from './handler-answer.js';
import type { BoundHandler } from './handler-table.js';
import { type ProcessingHooks, runInHooks } from './processing-hooks.js';
import { RookeryContext } from './rookery-context.js';
import { incomingPayload, outgoingAnswer, type ServerPackets } from './server-packets.js';

/** What every handler of one server shares. */
export interface HandlerSetting {
  readonly packets: ServerPackets;
  readonly sharesAppConfig: boolean;
  /** The hooks for one message, or undefined when no instrumentation is installed. */
  hooks(context: RookeryContext): ProcessingHooks | undefined;
}

/**
 * A Nest handler as the RPC server runs it: deserialise, check the contract's input, run (guards, pipes, interceptors, method,
 * filters), check the output, turn what came back into an answer. Steps that are not configured are left out when the server starts.
 */
export function callHandler(handler: BoundHandler, setting: HandlerSetting): RpcHandler {
  const { packets } = setting;
  const isPlain =
    packets.serializer === undefined &&
    packets.deserializer === undefined &&
    handler.method?.input === undefined &&
    handler.method?.output === undefined;
  const work = isPlain ? plainWork(handler) : checkedWork(handler, packets);
  return (call) => {
    const context = new RookeryContext([call, setting.sharesAppConfig]);
    const hooks = setting.hooks(context);
    return hooks === undefined
      ? work(call, context)
      : runInHooks(hooks, () => unlessCancelled(call, work(call, context)));
  };
}

type Work = (call: InboundCall, context: RookeryContext) => Promise<unknown>;

/** The hot path: nothing but the handler. */
function plainWork({ run }: BoundHandler): Work {
  return async (call, context) => handlerAnswer(await run(call.payload, context));
}

function checkedWork({ run, route, method }: BoundHandler, packets: ServerPackets): Work {
  const input = method?.input;
  const output = method?.output;
  return async (call, context) => {
    let payload = await incomingPayload(packets, route, call.payload);
    if (input !== undefined) payload = await checkInput(input, payload, `${route}: input`);
    let answer = handlerAnswer(await run(payload, context));
    if (output !== undefined) answer = await checkOutput(output, await oneValue(answer, call), `${route}: output`);
    return outgoingAnswer(packets, answer);
  };
}

/** A contract's method has one answer: the last value, when the handler returned an Observable. */
function oneValue(answer: unknown, call: InboundCall): unknown {
  if (!(answer instanceof AnswerStream)) return answer;
  return new Promise((resolve, reject) => {
    let last: unknown;
    const stop = answer.start({
      value(value, isLast) {
        last = value;
        if (isLast) resolve(value);
      },
      complete: () => resolve(last),
      error: reject,
    });
    call.signal.addEventListener('abort', stop);
  });
}

/** A stream that nobody will start has no end of its own: the span is closed here. */
async function unlessCancelled(call: InboundCall, answer: Promise<unknown>): Promise<unknown> {
  const value = await answer;
  return call.signal.aborted ? undefined : value;
}
