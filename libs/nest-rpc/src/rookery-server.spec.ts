import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import {
  firstValueFrom,
  from,
  interval,
  lastValueFrom,
  NEVER,
  Observable,
  of,
  Subject,
  throwError,
  toArray,
} from 'rxjs';
import { RookeryContext } from './rookery-context.js';
import { RookeryServer } from './rookery-server.js';
import { type RpcApp, startRpcApp } from './testing/start-rpc-app.js';

const seen = new Subject<string>();
const release: { now: () => void } = { now: () => {} };

@Controller()
class Maths {
  @MessagePattern('sum') sum(numbers: number[]): number {
    return numbers.reduce((a, b) => a + b, 0);
  }
  @MessagePattern({ cmd: 'sum', on: { b: 1, a: 2 } }) async later(numbers: number[]) {
    return numbers.length;
  }
  @MessagePattern('true') text() {
    return 'text';
  }
  @MessagePattern('count') count(to: number) {
    return from(Array.from({ length: to }, (_, index) => index));
  }
  @MessagePattern('ticks') ticks() {
    return interval(1);
  }
  @MessagePattern('iterate') async *iterate(to: number) {
    for (let index = 0; index < to; index++) yield index;
  }
  @MessagePattern('nothing') nothing() {}
  @MessagePattern('null') null() {
    return null;
  }
  @MessagePattern('promised observable') async promised() {
    return of('a', 'b');
  }
  @MessagePattern('refused') refused() {
    return throwError(() => new RpcException('no'));
  }
  @MessagePattern('cycle') cycle() {
    const value: Record<string, unknown> = {};
    value['self'] = value;
    return value;
  }
  @MessagePattern('endless') endless() {
    return new Observable<string>((subscriber) => {
      subscriber.next('started');
      return () => seen.next('stopped');
    });
  }
  @MessagePattern('never') never(@Payload() _data: unknown, @Ctx() context: RookeryContext) {
    context.signal.addEventListener('abort', () => seen.next('aborted'));
    return NEVER;
  }
  @MessagePattern('slow') slow() {
    return new Promise((resolve) => {
      release.now = () => resolve('done');
      seen.next('entered');
    });
  }
  @MessagePattern('context') context(@Ctx() context: RookeryContext) {
    return { pattern: context.getPattern(), metadata: context.getMetadata(), remaining: context.remainingMs() };
  }
}

@Controller()
class Listeners {
  @EventPattern('placed') broken(data: string) {
    throw new Error(`broken listener of ${data}`);
  }
  @EventPattern('placed') first(data: string) {
    seen.next(`first ${data}`);
  }
  @EventPattern('placed') second(data: string) {
    return new Observable<void>((subscriber) => {
      seen.next(`second ${data}`);
      subscriber.complete();
    });
  }
  @EventPattern('sum') sum(data: string) {
    seen.next(`event ${data}`);
  }
}

let rpc: RpcApp;
beforeAll(async () => {
  rpc = await startRpcApp([Maths, Listeners]);
});
afterAll(() => rpc.close());

const all = (pattern: unknown, data: unknown = {}) => lastValueFrom(rpc.client.send(pattern, data).pipe(toArray()));
const next = (count = 1) => firstValueFrom(seen.pipe(toArrayOf(count)));
const toArrayOf = (count: number) => (source: Observable<string>) =>
  new Observable<string[]>((subscriber) => {
    const texts: string[] = [];
    return source.subscribe((text) => {
      texts.push(text);
      if (texts.length === count) subscriber.next(texts);
    });
  });

describe('answers', () => {
  it.each<[string, unknown, unknown, unknown[]]>([
    ['a value', 'sum', [1, 2], [3]],
    ['a promise, for an object pattern in any key order', { on: { a: 2, b: 1 }, cmd: 'sum' }, [1, 2], [2]],
    ['a pattern that looks like JSON', 'true', {}, ['text']],
    ['many values of an Observable', 'count', 4, [0, 1, 2, 3]],
    ['no value of an empty Observable', 'count', 0, []],
    ['an async iterable', 'iterate', 3, [0, 1, 2]],
    ['no value for undefined', 'nothing', {}, []],
    ['null as a value', 'null', {}, [null]],
    ['a promise of an Observable', 'promised observable', {}, ['a', 'b']],
  ])('carry %s', async (_what, pattern, data, expected) => {
    expect(await all(pattern, data)).toEqual(expected);
  });

  it('fail for an unknown pattern, by its name', async () => {
    await expect(all('no such')).rejects.toMatchObject({
      code: 'UNIMPLEMENTED',
      message: expect.stringContaining('no such'),
    });
  });

  it('fail for a value that cannot be serialised, and the connection lives on', async () => {
    await expect(all('cycle')).rejects.toBeInstanceOf(Error);
    expect(await all('sum', [1])).toEqual([1]);
  });

  it('tell the handler its pattern, metadata and time left', async () => {
    const [context] = await all('context');
    expect(context).toMatchObject({ pattern: 'context', metadata: {} });
  });
});

describe('a call that ends early', () => {
  it('stops the handler Observable when unsubscribed', async () => {
    const stopped = next();
    const call = rpc.client.send('endless', {}).subscribe(() => call.unsubscribe());
    expect(await stopped).toEqual(['stopped']);
  });

  it('aborts the handler and fails at its deadline', async () => {
    const aborted = next();
    const { client } = await clientOf({ timeout: '50ms' });
    await expect(lastValueFrom(client.send('never', {}))).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await aborted).toEqual(['aborted']);
    await client.close();
  });

  it('stops the handler when its client closes, and the caller hears of it', async () => {
    const stopped = next();
    const { client } = await clientOf();
    await new Promise<void>((resolve) => {
      client.send('endless', {}).subscribe({
        next: () => void client.close(),
        error: (error: unknown) => {
          expect(error).toMatchObject({ code: 'UNAVAILABLE' });
          resolve();
        },
      });
    });
    expect(await stopped).toEqual(['stopped']);
  });
});

async function clientOf(options = {}) {
  const { RookeryClient } = await import('./rookery-client.js');
  return { client: new RookeryClient({ url: rpc.url, ...options }) };
}

describe('events', () => {
  it('reach every handler though one of them fails', async () => {
    const both = next(2);
    await lastValueFrom(rpc.client.emit('placed', 'o1'), { defaultValue: undefined });
    expect((await both).sort()).toEqual(['first o1', 'second o1']);
  });

  it('may share a pattern with a message', async () => {
    const event = next();
    rpc.client.emit('sum', 'x');
    expect(await event).toEqual(['event x']);
    expect(await all('sum', [4, 5])).toEqual([9]);
  });
});

describe('a server', () => {
  it('refuses a second message handler for a pattern when it starts', async () => {
    @Controller()
    class Twice {
      @MessagePattern({ a: 1, b: 2 }) one() {}
      @MessagePattern({ b: 2, a: 1 }) two() {}
    }
    await expect(startRpcApp([Twice])).rejects.toThrow(/two message handlers for the pattern '\{"a":1,"b":2\}'/);
  });

  it('gives a listen error to the callback, once', async () => {
    const address = rpc.server.address();
    const other = new RookeryServer({ port: 'port' in address ? address.port : 0 });
    const calls: unknown[] = [];
    await new Promise<void>((resolve) => {
      other.listen((error) => {
        calls.push(error);
        resolve();
      });
    });
    await other.close();
    expect(calls).toEqual([expect.objectContaining({ message: expect.stringContaining('in-use') })]);
  });

  it('tells its address and status, and unwraps once it listens', async () => {
    const server = new RookeryServer();
    const heard: unknown[] = [];
    server.on('listening', (address) => heard.push(address));
    server.status.subscribe((status) => heard.push(status));
    expect(() => server.unwrap()).toThrow(/Not initialized/);
    const address = await new Promise((resolve) => server.listen((_error, info) => resolve(info)));
    expect(address).toEqual(server.address());
    await server.close();
    await server.close();
    expect(heard).toEqual(['connected', address, 'disconnected']);
    expect(() => server.address()).toThrow(/Not initialized/);
  });

  it('drains: a running call is answered before close ends', async () => {
    const own = await startRpcApp([Maths]);
    const entered = next();
    const answer = lastValueFrom(own.client.send('slow', {}));
    await entered;
    let isClosed = false;
    const closing = own.app.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
    expect(isClosed).toBe(false);
    release.now();
    expect(await answer).toBe('done');
    await closing;
    await own.client.close();
  });

  it('names every bad option', () => {
    const bad = () =>
      new RookeryServer({
        shutdownTimeout: -1,
        service: { name: 'x', weight: -5 },
        registry: { kind: 'rookery', url: 'http://x' },
      });
    expect(bad).toThrow(/shutdownTimeout.*service\.weight.*registry\.url/);
  });
});

describe('processing hooks', () => {
  it('wrap every message and end exactly once: value, stream, error, cancel', async () => {
    const heard: string[] = [];
    const own = await startRpcApp([Maths]);
    own.server.setOnProcessingStartHook((_id, context, done) => {
      heard.push(`start ${(context as RookeryContext).getPattern()}`);
      void done();
    });
    own.server.setOnProcessingEndHook(
      (_id, context) => void heard.push(`end ${(context as RookeryContext).getPattern()}`),
    );
    const run = (pattern: string, data: unknown) => lastValueFrom(own.client.send(pattern, data).pipe(toArray()));
    await run('sum', [1]);
    await run('count', 3);
    await run('refused', {}).catch(() => {});
    const stopped = next();
    const call = own.client.send('endless', {}).subscribe(() => call.unsubscribe());
    await stopped;
    await own.close();
    expect(heard).toEqual(['sum', 'count', 'refused', 'endless'].flatMap((each) => [`start ${each}`, `end ${each}`]));
  });
});
