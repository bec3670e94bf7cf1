import { AsyncLocalStorage } from 'node:async_hooks';
import { AnswerStream } from '#rpc';
import { runInHooks } from './processing-hooks.js';

function hooks() {
  const seen: string[] = [];
  const storage = new AsyncLocalStorage<string>();
  return {
    seen,
    storage,
    // Drops what `work` returns, as hooks may.
    start: (work: () => Promise<void>) => storage.run('span', () => void work()),
    end: () => void seen.push('end'),
  };
}

describe('processing hooks', () => {
  it('end after an answer and after a failure, once', async () => {
    const own = hooks();
    expect(await runInHooks(own, async () => 5)).toBe(5);
    await expect(runInHooks(own, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(own.seen).toEqual(['end', 'end']);
  });

  it('reject when the start hook throws', async () => {
    const own = {
      ...hooks(),
      start: () => {
        throw new Error('bad hook');
      },
    };
    await expect(runInHooks(own, async () => 5)).rejects.toThrow('bad hook');
  });

  it.each(['value', 'complete', 'error', 'stop'] as const)(
    'end with a stream by %s, which starts in the span',
    async (way) => {
      const own = hooks();
      const source = new AnswerStream((sink) => {
        own.seen.push(`start in ${own.storage.getStore()}`);
        if (way === 'value') sink.value(1, true);
        if (way === 'complete') sink.complete();
        if (way === 'error') sink.error(new Error('x'));
        return () => own.seen.push('stop');
      });
      const answer = await runInHooks(own, async () => source);
      expect(own.seen).toEqual([]);
      if (!(answer instanceof AnswerStream)) throw new Error('not a stream');
      const stop = answer.start({ value: () => {}, complete: () => {}, error: () => {} });
      stop();
      expect(own.seen.filter((each) => each === 'end')).toHaveLength(1);
      expect(own.seen[0]).toBe('start in span');
    },
  );
});
