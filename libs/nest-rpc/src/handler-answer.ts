import { isObservable, type Observable, type Subscription } from 'rxjs';
import { type AnswerSink, AnswerStream, RpcError } from '#rpc';
import { handlerFailure } from './handler-failure.js';

/** What the RPC server answers for what a handler returned: plain values as they are, Observables and async iterables as streams. */
export function handlerAnswer(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result;
  if (isObservable(result)) return new AnswerStream((sink) => answerObservable(result, sink));
  if (isAsyncIterable(result)) return new AnswerStream((sink) => answerIterable(result, sink));
  return result;
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function';
}

function answerObservable(source: Observable<unknown>, sink: AnswerSink): () => void {
  const holding = new HoldingSink(sink);
  const subscription: Subscription = source.subscribe(holding);
  return () => subscription.unsubscribe();
}

function answerIterable(source: AsyncIterable<unknown>, sink: AnswerSink): () => void {
  const iterator = source[Symbol.asyncIterator]();
  let stopped = false;
  const pump = async (): Promise<void> => {
    const holding = new HoldingSink(sink);
    try {
      for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) {
        if (stopped) return;
        holding.next(step.value);
      }
      if (!stopped) holding.complete();
    } catch (error) {
      if (!stopped) holding.error(error);
    }
  };
  void pump();
  return () => {
    if (stopped) return;
    stopped = true;
    // A generator that waits now finishes its `finally` blocks once that wait ends; what it throws then concerns nobody.
    void Promise.resolve(iterator.return?.()).catch(() => {});
  };
}

/** Keeps the newest value until the end of the tick, so that `next` and `complete` of a single answer leave as one frame. */
class HoldingSink {
  private held: unknown;
  private isHolding = false;

  constructor(private readonly sink: AnswerSink) {}

  next(value: unknown): void {
    if (this.isHolding) this.sink.value(this.held, false);
    else queueMicrotask(this.release);
    this.held = value;
    this.isHolding = true;
  }

  complete(): void {
    if (this.isHolding) this.sink.value(this.take(), true);
    else this.sink.complete();
  }

  error(error: unknown): void {
    if (this.isHolding) this.sink.value(this.take(), false);
    this.sink.error(handlerFailure(error));
  }

  private readonly release = (): void => {
    if (this.isHolding) this.sink.value(this.take(), false);
  };

  private take(): unknown {
    const value = this.held;
    this.held = undefined;
    this.isHolding = false;
    return value;
  }
}

/** Waits until everything that an event handler returned has ended. Rejects with its failure. */
export async function settled(result: unknown): Promise<void> {
  const answer = handlerAnswer(result);
  if (!(answer instanceof AnswerStream)) return;
  await new Promise<void>((resolve, reject) => {
    answer.start({
      value: (_value, isLast) => (isLast ? resolve() : undefined),
      complete: resolve,
      error: (error) => reject(error instanceof RpcError && error.isValue ? error.details : error),
    });
  });
}
