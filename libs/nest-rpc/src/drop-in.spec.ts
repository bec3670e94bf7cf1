import { Catch, Controller, Inject, Injectable, Scope, UseFilters } from '@nestjs/common';
import { CONTEXT, EventPattern, MessagePattern, type RequestContext, RpcException } from '@nestjs/microservices';
import { delay, EMPTY, firstValueFrom, lastValueFrom, Observable, of, Subject, take, toArray } from 'rxjs';
import { RookeryClient } from './rookery-client.js';
import { RookeryServer } from './rookery-server.js';
import { type RpcApp, startRpcApp, urlOf } from './testing/start-rpc-app.js';

/** Where a drop-in transport usually differs from Nest's own, beyond what the specs of the parts show. */
const stopped = new Subject<string>();

/** One turn of the event loop later, or an endless stream would never let its caller say a word. */
const turn = <T>(value: T): Promise<T> => firstValueFrom(of(value).pipe(delay(1)));

class Special extends Error {}

@Catch(Special)
class EmptyFilter {
  catch() {
    return EMPTY;
  }
}

@Catch(Special)
class BareFilter {
  catch(): unknown {
    return { bare: true };
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerCall {
  constructor(@Inject(CONTEXT) readonly call: RequestContext<{ name: string }>) {}
}

@Controller()
class Scoped {
  constructor(private readonly own: PerCall) {}
  @MessagePattern('scoped') scoped() {
    return `${this.own.call.data.name} by ${String(this.own.call.pattern)}`;
  }
}

@Controller()
class Odd {
  @MessagePattern(42) number(data: unknown) {
    return data;
  }
  @MessagePattern(['one', { two: 2 }]) several(data: unknown) {
    return data;
  }
  @UseFilters(EmptyFilter) @MessagePattern('empty filter') empty() {
    throw new Special();
  }
  @UseFilters(BareFilter) @MessagePattern('bare filter') bare() {
    throw new Special();
  }
  @MessagePattern('bad teardown') badTeardown() {
    return new Observable<string>((subscriber) => {
      subscriber.next('started');
      return () => {
        stopped.next('bad teardown');
        throw new Error('from the teardown');
      };
    });
  }
  @MessagePattern('bad generator') async *badGenerator() {
    try {
      for (;;) yield await turn('value');
    } finally {
      stopped.next('bad generator');
      // biome-ignore lint/correctness/noUnsafeFinally: what is thrown here is the point.
      throw new Error('from the finally block');
    }
  }
  @MessagePattern('bad iterable') badIterable() {
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => turn({ value: 'value', done: false }),
        return() {
          stopped.next('bad iterable');
          throw new Error('thrown at once');
        },
      }),
    };
  }
  @MessagePattern('late failure') lateFailure() {
    return new Observable<string>((subscriber) => {
      subscriber.next('started');
      return () => {
        stopped.next('late failure');
        subscriber.error(new Error('nobody listens any more'));
      };
    });
  }
  @EventPattern('failing event') failing(_data: unknown): void {
    throw new RpcException('an event fails');
  }
}

let rpc: RpcApp;
const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
beforeAll(async () => {
  process.on('unhandledRejection', note);
  rpc = await startRpcApp([Odd, Scoped], { module: { providers: [PerCall] } });
});
afterAll(async () => {
  await rpc.close();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

const all = (pattern: unknown, data: unknown = {}) => lastValueFrom(rpc.client.send(pattern, data).pipe(toArray()));

describe('patterns', () => {
  it('may be numbers and lists of several', async () => {
    expect(await all(42, 'n')).toEqual(['n']);
    expect(await all('42', 's')).toEqual(['s']);
    expect(await all('one', 1)).toEqual([1]);
    expect(await all({ two: 2 }, 2)).toEqual([2]);
  });

  it('without a JSON form fail their call and no other', async () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    for (const pattern of [cycle, 1n, () => 1]) {
      await expect(all(pattern)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      await expect(lastValueFrom(rpc.client.emit(pattern, 1))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
  });
});

describe('filters', () => {
  it('may answer with nothing, or with a bare value', async () => {
    expect(await all('empty filter')).toEqual([]);
    expect(await all('bare filter')).toEqual([{ bare: true }]);
  });
});

describe('request-scoped providers', () => {
  it('see the call that they were made for', async () => {
    const names = ['ann', 'bob', 'cyd'];
    const answers = await Promise.all(names.map((name) => all('scoped', { name })));
    expect(answers).toEqual(names.map((name) => [`${name} by scoped`]));
  });
});

describe('a stream that is unsubscribed', () => {
  it.each(['bad teardown', 'bad generator', 'bad iterable', 'late failure'])(
    '%s: its handler cannot harm the process',
    async (pattern) => {
      const told = firstValueFrom(stopped);
      await firstValueFrom(rpc.client.send(pattern, {}).pipe(take(1)));
      expect(await told).toBe(pattern);
      expect(await all(42, 'still here')).toEqual(['still here']);
    },
  );
});

describe('an event', () => {
  it('that cannot be sent and that nobody waits for is silent', async () => {
    const lost = new RookeryClient({ url: 'rookery://127.0.0.1:1' });
    lost.emit('placed', 1);
    await expect(lost.connect()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await lost.close();
  });
});

describe('a client', () => {
  it('that is closed while it connects fails what waits, and leaves nothing open', async () => {
    const client = new RookeryClient({ url: rpc.url });
    const connecting = client.connect().catch((error: unknown) => error);
    const answer = lastValueFrom(client.send(42, 1)).catch((error: unknown) => error);
    await client.close();
    await client.close();
    expect(await connecting).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await answer).toMatchObject({ code: 'UNAVAILABLE', executed: false });
    expect(await lastValueFrom(client.send(42, 1))).toBe(1);
    await client.close();
  });

  it('whose extension points throw fails the call with what they threw', async () => {
    class Own extends RookeryClient {
      protected override serializeResponse(): never {
        throw new Error('own response');
      }
      protected override serializeError(): never {
        throw new Error('own error');
      }
    }
    const client = new Own({ url: rpc.url });
    await expect(lastValueFrom(client.send(42, 1))).rejects.toThrow('own response');
    await expect(lastValueFrom(client.send('unknown', 1))).rejects.toThrow('own error');
    await client.close();
  });
});

describe('a server', () => {
  it('that is closed while it starts listens no more', async () => {
    const server = new RookeryServer();
    const listening = new Promise((resolve) => server.listen((_error, address) => resolve(address)));
    const closing = server.close();
    const address = await listening;
    await closing;
    expect(address).toMatchObject({ host: '127.0.0.1' });
    expect(() => server.unwrap()).toThrow(/Not initialized/);
  });

  it('listens again after it was closed, and refuses to listen twice', async () => {
    const server = new RookeryServer();
    const listen = () => new Promise((resolve) => server.listen((error) => resolve(error)));
    await server.close();
    expect(await listen()).toBeNull();
    expect(await listen()).toMatchObject({ code: 'FAILED_PRECONDITION' });
    await server.close();
    expect(await listen()).toBeNull();
    expect(urlOf(server)).toMatch(/^rookery:/);
    await server.close();
    expect(await Promise.all([listen(), listen()])).toEqual([
      null,
      expect.objectContaining({ code: 'FAILED_PRECONDITION' }),
    ]);
    await server.close();
  });
});
