import type { Deserializer } from '@nestjs/microservices';
import { type AnswerSink, RpcError } from '#rpc';

/**
 * Runs each answer through the user's deserializer before `target` sees it. It sees `{ response, isDisposed }` or `{ err, isDisposed }`;
 * a result without those keys is the response itself. Asynchronous deserializers keep the order of the answers.
 */
export function deserializingSink(target: AnswerSink, deserializer: Deserializer): AnswerSink {
  let last: Promise<void> | undefined;
  const inOrder = (packet: object, deliver: (result: unknown) => void): void => {
    const run = async (before: Promise<void> | undefined): Promise<void> => {
      await before;
      deliver(await deserializer.deserialize(packet));
    };
    last = run(last).catch((error: unknown) => target.error(error));
  };
  return {
    value: (value, isLast) =>
      inOrder({ response: value, isDisposed: isLast }, (result) => deliverValue(target, result, isLast)),
    complete: () => inOrder({ isDisposed: true }, () => target.complete()),
    error: (error) => {
      // Only what a handler's filter made went through the other side's serializer; our own errors never did.
      if (!(error instanceof RpcError) || !error.isValue) return target.error(error);
      inOrder({ err: error.details, isDisposed: true }, (result) => target.error(field(result, 'err', result)));
    },
  };
}

function deliverValue(target: AnswerSink, result: unknown, isLast: boolean): void {
  const failure = field(result, 'err', undefined);
  if (failure !== undefined && failure !== null) target.error(failure);
  else target.value(field(result, 'response', result), isLast);
}

function field(result: unknown, key: 'response' | 'err', otherwise: unknown): unknown {
  if (typeof result !== 'object' || result === null || !(key in result)) return otherwise;
  // True: the line above found the key.
  return (result as Record<typeof key, unknown>)[key];
}
