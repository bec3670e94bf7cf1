import {
  type ArgumentsHost,
  type CallHandler,
  Catch,
  Controller,
  type ExecutionContext,
  Injectable,
  ParseIntPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Ctx, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { lastValueFrom, map, type Observable, of, throwError, toArray } from 'rxjs';
import { RpcError } from '#rpc';
import { RookeryContext } from './rookery-context.js';
import { type RpcApp, startRpcApp } from './testing/start-rpc-app.js';

@Injectable()
class OnlyRpc {
  canActivate(context: ExecutionContext): boolean {
    return context.getType() === 'rpc' && context.switchToRpc().getData<{ allowed: boolean }>().allowed;
  }
}

@Injectable()
class Doubling {
  intercept(_context: ExecutionContext, next: CallHandler<number>): Observable<number> {
    return next.handle().pipe(map((value) => value * 2));
  }
}

class Special extends Error {}

@Catch(Special)
class SpecialFilter {
  catch(_error: Special, host: ArgumentsHost): Observable<unknown> {
    const { kind } = host.switchToRpc().getData<{ kind: string }>();
    if (kind === 'value') return of('from the filter');
    return throwError(() => (kind === 'falsy' ? 0 : kind === 'null' ? null : { code: 42, deep: { list: [1, null] } }));
  }
}

@Controller()
class Pipeline {
  @UseGuards(OnlyRpc) @MessagePattern('guarded') guarded(_data: unknown): string {
    return 'passed';
  }
  @UseInterceptors(Doubling) @MessagePattern('doubled') doubled(value: number): number {
    return value;
  }
  @MessagePattern('piped') piped(@Payload('id', ParseIntPipe) id: number, @Ctx() context: RookeryContext): unknown {
    return { id, isContext: context instanceof RookeryContext };
  }
  @UseFilters(SpecialFilter) @MessagePattern('special') special(_data: unknown): never {
    throw new Special('special');
  }
  @MessagePattern('text') text(): never {
    throw new RpcException('plain text');
  }
  @MessagePattern('object') object(): never {
    throw new RpcException({ code: 'OUT', left: 0 });
  }
  @MessagePattern('unexpected') unexpected(): never {
    throw new Error('a secret');
  }
}

let rpc: RpcApp;
beforeAll(async () => {
  rpc = await startRpcApp([Pipeline]);
});
afterAll(() => rpc.close());

const all = (pattern: string, data: unknown = {}): Promise<unknown> =>
  lastValueFrom(rpc.client.send(pattern, data).pipe(toArray()));
const errorOf = (pattern: string, data: unknown = {}): Promise<unknown> =>
  all(pattern, data).then(
    (values) => ({ values }),
    (error: unknown) => ({ error }),
  );

describe("Nest's pipeline", () => {
  it('runs guards, interceptors and pipes around the handler', async () => {
    expect(await all('guarded', { allowed: true })).toEqual(['passed']);
    expect(await all('doubled', 21)).toEqual([42]);
    expect(await all('piped', { id: '7' })).toEqual([{ id: 7, isContext: true }]);
  });

  it.each<[string, string, unknown, unknown]>([
    ['a refusing guard', 'guarded', { allowed: false }, { status: 'error', message: 'Forbidden resource' }],
    ['an RpcException with text', 'text', {}, { status: 'error', message: 'plain text' }],
    ['an RpcException with an object', 'object', {}, { code: 'OUT', left: 0 }],
    ['an unexpected error', 'unexpected', {}, { status: 'error', message: 'Internal server error' }],
    ['a filter with an object', 'special', { kind: 'object' }, { code: 42, deep: { list: [1, null] } }],
    ['a filter with 0', 'special', { kind: 'falsy' }, 0],
    ['a filter with null', 'special', { kind: 'null' }, null],
  ])('gives the caller exactly the value of %s', async (_what, pattern, data, error) => {
    expect(await errorOf(pattern, data)).toEqual({ error });
  });

  it('lets a filter answer with a value', async () => {
    expect(await all('special', { kind: 'value' })).toEqual(['from the filter']);
  });

  it('never leaks what an unexpected error said', async () => {
    expect(JSON.stringify(await errorOf('unexpected'))).not.toContain('secret');
    expect(await errorOf('unexpected')).not.toBeInstanceOf(RpcError);
  });
});
