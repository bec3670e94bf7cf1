import { EMPTY, Observable, of, throwError } from 'rxjs';
import { AnswerStream, RpcError } from '#rpc';
import { handlerAnswer, settled } from './handler-answer.js';
import { failureText, handlerFailure } from './handler-failure.js';

/** What arrives at the sink, as text; `stop` is called right away when asked for. */
async function trace(result: unknown): Promise<string[]> {
  const seen: string[] = [];
  const answer = handlerAnswer(result);
  if (!(answer instanceof AnswerStream)) return [`plain ${JSON.stringify(answer)}`];
  await new Promise<void>((resolve) => {
    answer.start({
      value(value, isLast) {
        seen.push(`${isLast ? 'last' : 'value'} ${String(value)}`);
        if (isLast) resolve();
      },
      complete() {
        seen.push('complete');
        resolve();
      },
      error(error) {
        seen.push(`error ${String(error)}`);
        resolve();
      },
    });
  });
  return seen;
}

describe('what a handler returned', () => {
  it.each<[string, unknown, string[]]>([
    ['a plain object', { subscribe: 1 }, ['plain {"subscribe":1}']],
    ['null', null, ['plain null']],
    ['one value of an Observable, merged with its end', of(1), ['last 1']],
    ['several values', of(1, 2), ['value 1', 'last 2']],
    ['no value', EMPTY, ['complete']],
    ['an error', throwError(() => new RpcError('ABORTED', 'no')), ['error RpcError: no']],
  ])('answers with %s', async (_what, result, expected) => expect(await trace(result)).toEqual(expected));

  it('sends a value that came before an error', async () => {
    const source = new Observable((subscriber) => {
      subscriber.next(1);
      subscriber.error(new Error('then this'));
    });
    expect(await trace(source)).toEqual(['value 1', 'error RpcError: then this']);
  });

  it('reports what an async iterable throws, and finishes one that is stopped', async () => {
    let isFinished = false;
    async function* source(): AsyncGenerator<number> {
      try {
        yield 1;
        throw new Error('in the middle');
      } finally {
        isFinished = true;
      }
    }
    expect(await trace(source())).toEqual(['value 1', 'error RpcError: in the middle']);
    isFinished = false;
    const answer = handlerAnswer(source());
    const values: unknown[] = [];
    if (answer instanceof AnswerStream) {
      await new Promise<void>((resolve) => {
        const stop = answer.start({
          value(value) {
            values.push(value);
            stop();
            resolve();
          },
          complete: resolve,
          error: resolve,
        });
      });
    }
    while (!isFinished) await Promise.resolve();
    expect(values).toEqual([1]);
  });

  it('has settled when all of it ended, and fails with the value that a filter made', async () => {
    await expect(settled(of(1, 2))).resolves.toBeUndefined();
    await expect(settled(5)).resolves.toBeUndefined();
    await expect(settled(throwError(() => ({ status: 'error' })))).rejects.toEqual({ status: 'error' });
  });
});

describe('a failure', () => {
  class Broken extends Error {}
  class Refused extends RpcError {}
  it.each<[string, unknown, object]>([
    [
      'an Error keeps message and class',
      new Broken('b'),
      { code: 'UNKNOWN', message: 'b', remoteName: 'Broken', isValue: false },
    ],
    [
      'an RpcError of a subclass keeps all and its class',
      new Refused('ABORTED', 'r', { details: 1, retryAfterMs: 5 }),
      { code: 'ABORTED', details: 1, retryAfterMs: 5, remoteName: 'Refused' },
    ],
    ['a value stays the value', { a: 1 }, { isValue: true, details: { a: 1 } }],
    ['a falsy value too', 0, { isValue: true, details: 0 }],
  ])('%s', (_what, error, expected) => expect(handlerFailure(error)).toMatchObject(expected));

  it('is told in one line for the log', () => {
    expect([new Error('e'), { message: 'm' }, 'text', 5].map(failureText)).toEqual([
      'e',
      'm',
      'text',
      'the handler failed with a value',
    ]);
  });
});
