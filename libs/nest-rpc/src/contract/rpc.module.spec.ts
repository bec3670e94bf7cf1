import { BadRequestException, Catch, Controller, Get, Inject, Injectable, type Type, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { of, throwError } from 'rxjs';
import { z } from 'zod';
import { defineContract, method, RpcError, type RpcImplementation } from '#rpc';
import { moduleOf, type RpcApp, startRpcApp } from '../testing/start-rpc-app.js';
import { ContractErrorFilter } from './contract-error.filter.js';
import { RpcModule } from './rpc.module.js';
import { RpcClient } from './rpc-client.decorator.js';
import { RpcMethod } from './rpc-method.decorator.js';
import { RpcService } from './rpc-service.decorator.js';

const Orders = defineContract('orders', {
  get: method({
    input: z.object({ id: z.string(), depth: z.number().default(1) }),
    output: z.object({ id: z.string() }),
  }),
  create: method<{ sku: string }, { id: string }>(),
  fail: method<string, string>({ policy: { timeout: '1s' } }),
  guarded: method<string, string>(),
});

class OutOfStock extends RpcError {}

class Filtered extends RpcError {}

class Never {
  canActivate(): boolean {
    return false;
  }
}

const noted: unknown[] = [];

@RpcService(Orders)
class OrdersRpc implements RpcImplementation<typeof Orders> {
  @RpcMethod(Orders.methods.get) get(@Payload() query: { id: string; depth: number }) {
    noted.push(query);
    // A wrong answer on purpose: only the run-time check can see it.
    return (query.id === 'bad' ? { id: 5 } : { id: query.id, extra: 1 }) as unknown as { id: string };
  }
  @RpcMethod(Orders.methods.create) create(@Payload() command: { sku: string }) {
    noted.push(command);
    return of({ id: command.sku });
  }
  @RpcMethod(Orders.methods.fail) fail(@Payload() kind: string): string {
    if (kind === 'rpc')
      throw new OutOfStock('FAILED_PRECONDITION', 'none left', { details: { sku: 'a' }, retryable: true });
    if (kind === 'http') throw new BadRequestException('no good');
    if (kind === 'filtered') throw new Filtered('ABORTED', 'for the filter');
    throw new TypeError('a bug');
  }
  @UseGuards(Never) @RpcMethod(Orders.methods.guarded) guarded(@Payload() text: string): string {
    return text;
  }
}

@Catch(Filtered)
class GlobalFilter {
  catch() {
    return throwError(() => ({ from: 'the global filter' }));
  }
}

@Injectable()
class Shop {
  @RpcClient(Orders) readonly fromProperty!: RpcClient<typeof Orders>;
  constructor(@RpcClient(Orders, { policy: { timeout: '1s' } }) readonly orders: RpcClient<typeof Orders>) {}
}

let rpc: RpcApp;
let shop: Shop;
let closeShop: () => Promise<void>;

async function startShop(url: string, provider: Type = Shop) {
  const module = moduleOf({
    imports: [RpcModule.forRoot({ url, defaults: { metadata: { from: 'shop' } } }), RpcModule.forFeature([Orders])],
    providers: [provider],
  });
  return NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
}

beforeAll(async () => {
  rpc = await startRpcApp([OrdersRpc], { prepare: (app) => app.useGlobalFilters(new GlobalFilter()) });
  const app = await startShop(rpc.url);
  shop = app.get(Shop);
  closeShop = () => app.close();
});
afterAll(async () => {
  await closeShop();
  await rpc.close();
});

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );

describe('a typed service', () => {
  it('answers typed calls; schemas fill in, and cut to, what they say', async () => {
    expect(await shop.orders.get({ id: '1' })).toEqual({ id: '1' });
    expect(noted.pop()).toEqual({ id: '1', depth: 1 });
    expect(await shop.fromProperty.create({ sku: 'a' })).toEqual({ id: 'a' });
  });

  it('takes one-way calls', async () => {
    await shop.orders.create.oneway({ sku: 'later' });
    await shop.orders.create({ sku: 'after' });
    expect(noted).toEqual(expect.arrayContaining([{ sku: 'later' }]));
  });

  it('checks a payload at the server though its caller did not', async () => {
    const error = await failureOf(rpc.client.send(Orders.methods.get.route, { id: 7 }).toPromise());
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', details: { issues: [{ path: 'id' }] } });
  });

  it('blames itself for a wrong answer', async () => {
    expect(await failureOf(shop.orders.get({ id: 'bad' }))).toMatchObject({
      code: 'INTERNAL',
      details: { issues: [{ path: 'id' }] },
    });
  });

  it.each<[string, object]>([
    [
      'rpc',
      {
        code: 'FAILED_PRECONDITION',
        message: 'none left',
        remoteName: 'OutOfStock',
        details: { sku: 'a' },
        retryable: true,
      },
    ],
    ['http', { code: 'INVALID_ARGUMENT', message: 'no good', remoteName: 'BadRequestException' }],
    ['bug', { code: 'UNKNOWN', message: 'a bug', remoteName: 'TypeError', executed: true }],
    ['filtered', { code: 'UNKNOWN', details: { from: 'the global filter' } }],
  ])('keeps what it knows of a failure: %s', async (kind, expected) => {
    const error = await failureOf(shop.orders.fail(kind));
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject(expected);
  });

  it('says PERMISSION_DENIED when a guard refuses', async () => {
    expect(await failureOf(shop.orders.guarded('x'))).toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('lets a filter of the class win, wherever it is written', async () => {
    const { UseFilters } = await import('@nestjs/common');
    class ClassFilter {
      catch() {
        return of('from the class filter');
      }
    }
    Catch()(ClassFilter);
    @RpcService(Orders)
    @UseFilters(ClassFilter)
    class Below {
      @RpcMethod(Orders.methods.fail) fail(@Payload() _kind: string): string {
        throw new RpcError('ABORTED', 'never seen');
      }
    }
    const own = await startRpcApp([Below]);
    const app = await startShop(own.url);
    expect(await app.get(Shop).orders.fail('x')).toBe('from the class filter');
    await app.close();
    await own.close();
    expect(Reflect.getMetadata('__exceptionFilters__', Below)).toEqual([ContractErrorFilter, ClassFilter]);
  });
});

describe('the module', () => {
  it('says what to import when it was not', async () => {
    const lone = NestFactory.createApplicationContext(moduleOf({ providers: [Shop] }), {
      logger: false,
      abortOnError: false,
    });
    await expect(lone).rejects.toThrow(/RpcModule\.forFeature\(\[\.\.\.\]\) with the contract 'orders'/);
    const rootless = moduleOf({ imports: [RpcModule.forFeature([Orders])], providers: [Shop] });
    await expect(
      NestFactory.createApplicationContext(rootless, { logger: false, abortOnError: false }),
    ).rejects.toThrow(/RpcModule\.forRoot/);
    await expect(startWithoutPlace()).rejects.toThrow(/rpc\.orders: nothing says where it is served/);
  });

  async function startWithoutPlace() {
    const module = moduleOf({ imports: [RpcModule.forRoot({}), RpcModule.forFeature([Orders])], providers: [Shop] });
    return NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  }

  it('takes its options from a factory, and a url for one contract', async () => {
    @Controller()
    class Uses {
      constructor(
        @RpcClient(Orders) readonly orders: RpcClient<typeof Orders>,
        @Inject('X') readonly x: string,
      ) {}
      @Get() get(): string {
        return this.x;
      }
    }
    const module = moduleOf({
      imports: [
        RpcModule.forRootAsync({ useFactory: async () => ({ name: 'shop' }) }),
        RpcModule.forFeature([{ contract: Orders, url: rpc.url }]),
      ],
      providers: [Uses, { provide: 'X', useValue: 'x' }],
    });
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    expect(await app.get(Uses).orders.create({ sku: 'b' })).toEqual({ id: 'b' });
    await app.close();
  });
});
