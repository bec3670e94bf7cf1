import { AsyncResource } from 'node:async_hooks';
import { AnswerStream } from '#rpc';

/** Nest's two instrumentation hooks for one message, as the server holds them. */
export interface ProcessingHooks {
  /** Runs `work`, perhaps inside a tracing context. */
  start(work: () => Promise<void>): void;
  /** Closes the span. */
  end(): void;
}

/**
 * Runs `work` inside the start hook and ends the span exactly once: after the answer, after the last value of a stream, or on cancel.
 * The hook's own return value is not trusted: hooks may drop it.
 */
export function runInHooks(hooks: ProcessingHooks, work: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    hooks.start(async () => {
      try {
        const answer = await work();
        if (answer instanceof AnswerStream) {
          resolve(hookedStream(answer, hooks));
          return;
        }
        hooks.end();
        resolve(answer);
      } catch (error) {
        hooks.end();
        reject(error);
      }
    });
  });
}

/** Ends the span with the stream, and starts the producer in the context of the hook: subscribing runs interceptors and handlers. */
function hookedStream(answer: AnswerStream, hooks: ProcessingHooks): AnswerStream {
  const inContext = new AsyncResource('rookery.answer');
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    hooks.end();
  };
  return new AnswerStream((sink) => {
    const stop = inContext.runInAsyncScope(() =>
      answer.start({
        value(value, isLast) {
          sink.value(value, isLast);
          if (isLast) end();
        },
        complete() {
          sink.complete();
          end();
        },
        error(error) {
          sink.error(error);
          end();
        },
      }),
    );
    return () => {
      stop();
      end();
    };
  });
}
