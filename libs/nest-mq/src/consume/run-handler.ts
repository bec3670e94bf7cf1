import { isObservable, lastValueFrom } from 'rxjs';
import {
  DeadLetter as CoreDeadLetter,
  RetryLater as CoreRetryLater,
  Skip as CoreSkip,
  type ReceivedMessage,
} from '#mq-client';
import { decodeBody } from '../body-codec.js';
import { badMessage, checkMessageValue } from '../check-message-value.js';
import { DeadLetter, RetryLater, Skip } from '../verdicts.js';
import type { PlannedHandler } from './group-plan.js';
import type { MqContext } from './mq-context.js';

/**
 * Runs one handler of Nest to its end: decode, check, guards, interceptors, pipes, method, filters; a promise or an Observable is awaited.
 * Rejects with the handler's own error, or with the verdict of the core if it threw one of ours.
 */
export async function runHandler(planned: PlannedHandler, message: ReceivedMessage, context: MqContext): Promise<void> {
  const value = await payloadOf(planned, message);
  try {
    const result: unknown = await planned.run(value, context);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  } catch (masked) {
    throw verdictOf(context.rawFailure(masked));
  }
}

/** A body that is not what it says, or not what the schema says, will not be so next time: it is a dead letter. */
async function payloadOf({ topic }: PlannedHandler, message: ReceivedMessage): Promise<unknown> {
  try {
    const value = decodeBody(message.body, message.bodyEncoding);
    return topic === undefined ? value : await checkMessageValue(topic, value);
  } catch (error) {
    throw new CoreDeadLetter(badMessage(error).message, { cause: error });
  }
}

function verdictOf(error: unknown): unknown {
  if (error instanceof RetryLater) return new CoreRetryLater(error.delayMs, { cause: error });
  if (error instanceof DeadLetter) return new CoreDeadLetter(error.reason, { cause: error });
  if (error instanceof Skip) return new CoreSkip(error.message);
  return error instanceof Error ? error : new Error(maskedText(error), { cause: error });
}

/** What Nest's filter left of an error: `{ status: 'error', message }`. */
function maskedText(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
