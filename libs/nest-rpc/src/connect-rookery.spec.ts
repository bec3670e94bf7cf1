import { Catch, Controller, Get, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type CustomTransportStrategy, MessagePattern, Payload, Server } from '@nestjs/microservices';
import { lastValueFrom, of, throwError } from 'rxjs';
import { defineContract, method, RpcError } from '#rpc';
import { connectRookery, ROOKERY_MQ_STRATEGY } from './connect-rookery.js';
import { RpcModule } from './contract/rpc.module.js';
import { RpcMethod } from './contract/rpc-method.decorator.js';
import { RpcService } from './contract/rpc-service.decorator.js';
import { RookeryClient } from './rookery-client.js';
import { moduleOf, urlOf } from './testing/start-rpc-app.js';
import { ROOKERY_RPC } from './transport-id.js';

const OTHER = Symbol('other transport');
const Greeter = defineContract('greeter', { greet: method<string, string>() });

@Controller()
class Mixed {
  @Get() page(): string {
    return 'http';
  }
  @MessagePattern('ours', ROOKERY_RPC) ours(data: string): string {
    return `ours ${data}`;
  }
  @MessagePattern('theirs', OTHER) theirs(data: string): string {
    return `theirs ${data}`;
  }
}

class ForHttp extends Error {}

@RpcService(Greeter)
class GreeterRpc {
  @RpcMethod(Greeter.methods.greet) greet(@Payload() name: string): string {
    if (name === 'nobody') throw new ForHttp('nobody');
    return `hello ${name}`;
  }
}

@Catch(ForHttp)
class HttpFilter {
  catch() {
    return throwError(() => 'from the application filter');
  }
}

/** A second transport that only keeps its handlers. */
class Other extends Server implements CustomTransportStrategy {
  override transportId = OTHER;
  isClosed = false;
  listen(callback: () => void): void {
    callback();
  }
  close(): void {
    this.isClosed = true;
  }
  on(): void {}
  unwrap<T>(): T {
    throw new Error('nothing underneath');
  }
}

async function create(other: Other): Promise<INestApplication> {
  const module = moduleOf({
    imports: [RpcModule.forRoot({ name: 'mixed' })],
    controllers: [Mixed, GreeterRpc],
    providers: [{ provide: ROOKERY_MQ_STRATEGY, useValue: other }],
  });
  return NestFactory.create(module, { logger: false, abortOnError: false });
}

describe('a hybrid application', () => {
  const other = new Other();
  let app: INestApplication;
  let client: RookeryClient;
  beforeAll(async () => {
    app = await create(other);
    app.useGlobalFilters(new HttpFilter());
    const { server } = connectRookery(app, { rpc: { port: 0 }, mq: true });
    await app.startAllMicroservices();
    client = new RookeryClient({ url: server === undefined ? '' : urlOf(server) });
  });
  afterAll(async () => {
    await client.close();
    await app.close();
    expect(other.isClosed).toBe(true);
  });

  it('binds each handler to its own transport', async () => {
    expect(await lastValueFrom(client.send('ours', 'x'))).toBe('ours x');
    await expect(lastValueFrom(client.send('theirs', 'x'))).rejects.toMatchObject({ code: 'UNIMPLEMENTED' });
    expect([...other.getHandlers().keys()]).toEqual(['theirs']);
  });

  it("uses the application's global filters, for contracts too", async () => {
    expect(await lastValueFrom(client.send('greeter/greet', 'you'))).toBe('hello you');
    await expect(lastValueFrom(client.send('greeter/greet', 'nobody'))).rejects.toBe('from the application filter');
  });

  it('needs MqModule for mq: true', async () => {
    const plain = await NestFactory.create(moduleOf({}), { logger: false, abortOnError: false });
    expect(() => connectRookery(plain, { mq: true })).toThrow(/needs MqModule/);
    await plain.close();
  });

  it("leaves the application's filters alone when the microservice does not inherit them", async () => {
    const { RookeryServer } = await import('./rookery-server.js');
    const own = await create(new Other());
    const seen: unknown[] = [];
    class HttpOnly {
      catch(error: unknown) {
        seen.push(error);
        return of('wrong');
      }
    }
    Catch()(HttpOnly);
    own.useGlobalFilters(new HttpOnly());
    const server = new RookeryServer();
    own.connectMicroservice({ strategy: server });
    await own.startAllMicroservices();
    const caller = new RookeryClient({ url: urlOf(server) });
    await expect(lastValueFrom(caller.send('greeter/greet', 'nobody'))).rejects.toBeInstanceOf(RpcError);
    expect(seen).toEqual([]);
    await caller.close();
    await own.close();
  });
});
