import { Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { nodePlatform, silentLogger } from '#platform';
import { createRegistryServer, REGISTRY_ROUTES, type RegistryServer, resolveRegistryServerOptions } from '#registry';
import { createRpcServer, defineContract, formatRookeryUrl, method, type RpcServer } from '#rpc';
import { RpcModule } from './contract/rpc.module.js';
import { RpcClient } from './contract/rpc-client.decorator.js';
import { RpcMethod } from './contract/rpc-method.decorator.js';
import { RpcService } from './contract/rpc-service.decorator.js';
import type { RegistrySettings } from './registry-connection.js';
import { RookeryClient } from './rookery-client.js';
import { RookeryServer } from './rookery-server.js';
import { moduleOf, startRpcApp } from './testing/start-rpc-app.js';

const Clocks = defineContract('clocks', { name: method<string, string>() }, { version: '2.0.0' });

function clock(name: string) {
  @RpcService(Clocks, { weight: 50 })
  class ClockRpc {
    @RpcMethod(Clocks.methods.name) name(@Payload() _question: string): string {
      return name;
    }
    @MessagePattern('plain') plain(_data: unknown): string {
      return name;
    }
  }
  return ClockRpc;
}

@Injectable()
class Asks {
  constructor(@RpcClient(Clocks) readonly clocks: RpcClient<typeof Clocks>) {}
}

const platform = nodePlatform({ logger: silentLogger });
let names: RegistryServer;
let server: RpcServer;
let registry: RegistrySettings;

beforeAll(async () => {
  names = createRegistryServer(resolveRegistryServerOptions(), platform);
  server = createRpcServer({}, platform);
  server.onCall(REGISTRY_ROUTES.register, (call) => names.register(call.payload, call.peer));
  server.onCall(REGISTRY_ROUTES.renew, (call) => names.renew(call.payload, call.peer));
  server.onCall(REGISTRY_ROUTES.deregister, (call) => names.deregister(call.payload, call.peer));
  server.onCall(REGISTRY_ROUTES.watch, (call) => names.watch(call.payload));
  server.onCall(REGISTRY_ROUTES.lookup, (call) => names.lookup(call.payload));
  await server.listen();
  registry = { kind: 'rookery', url: formatRookeryUrl(server.address) };
});
afterAll(async () => {
  names.stop();
  await server.close();
});

const listed = (service: string) => names.lookup({ service }).instances;

describe('a service with a registry', () => {
  it('is listed under its own name and its contracts while it listens, and calls spread over its instances', async () => {
    const serve = (name: string) =>
      startRpcApp([clock(name)], { server: { registry, service: { name: 'clock-process', version: '1.1.0' } } });
    const [one, two] = await Promise.all([serve('one'), serve('two')]);
    expect(listed('clock-process')).toHaveLength(2);
    expect(listed('clocks')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ version: '2.0.0', weight: 50, address: one.server.address() }),
      ]),
    );
    const module = moduleOf({
      imports: [RpcModule.forRoot({ registry }), RpcModule.forFeature([Clocks])],
      providers: [Asks],
    });
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    const { clocks } = app.get(Asks);
    const answers = new Set<string>();
    for (let asked = 0; asked < 500 && answers.size < 2; asked++) answers.add(await clocks.name('?'));
    expect([...answers].sort()).toEqual(['one', 'two']);

    await one.close();
    expect(listed('clocks')).toHaveLength(1);
    expect(await clocks.name('?')).toBe('two');
    const plain = new RookeryClient({ service: 'clock-process', registry });
    expect(await lastValueFrom(plain.send('plain', {}))).toBe('two');
    await Promise.all([plain.close(), app.close()]);
    await two.close();
    expect(listed('clocks')).toEqual([]);
  });

  it('refuses to register an address that means nothing to others', async () => {
    const own = new RookeryServer({ host: '0.0.0.0', service: { name: 'x' }, registry });
    const error = await new Promise((resolve) => own.listen((failure) => resolve(failure)));
    expect(error).toMatchObject({ message: expect.stringContaining('advertisedHost') });
    await own.close();
    expect(() => own.address()).toThrow(/Not initialized/);
  });
});
