import { Controller } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, Ctx, EventPattern, MessagePattern, type ReadPacket } from '@nestjs/microservices';
import { firstValueFrom, lastValueFrom, Subject, toArray } from 'rxjs';
import { RookeryClient } from './rookery-client.js';
import { RookeryContext } from './rookery-context.js';
import { RookeryRecord, RookeryRecordBuilder } from './rookery-record.js';
import { RookeryServer } from './rookery-server.js';
import { moduleOf, type RpcApp, startRpcApp } from './testing/start-rpc-app.js';

const events = new Subject<unknown>();

@Controller()
class Echo {
  @MessagePattern('echo') echo(data: unknown): unknown {
    return data;
  }
  @MessagePattern('metadata') metadata(@Ctx() context: RookeryContext): unknown {
    return context.getMetadata();
  }
  @MessagePattern('time') time(@Ctx() context: RookeryContext): number {
    return context.remainingMs();
  }
  @MessagePattern('hang') hang(_data: unknown): Promise<never> {
    return new Promise(() => {});
  }
  @EventPattern('event') event(@Ctx() context: RookeryContext): void {
    events.next(context.getMetadata());
  }
}

let rpc: RpcApp;
beforeAll(async () => {
  rpc = await startRpcApp([Echo], { server: { shutdownTimeout: 0 } });
});
afterAll(() => rpc.close());

const send = (pattern: string, data: unknown, client = rpc.client): Promise<unknown> =>
  lastValueFrom(client.send(pattern, data));

describe('a client', () => {
  it('carries falsy payloads and refuses nil ones, before anything is sent', async () => {
    for (const value of [0, '', false]) expect(await send('echo', value)).toBe(value);
    await expect(send('echo', null)).rejects.toThrow(/invalid data or message pattern/);
    await expect(send('echo', undefined)).rejects.toThrow(/invalid data or message pattern/);
  });

  it('is cold: nothing is sent without a subscription or after it is gone', async () => {
    const own = new RookeryClient({ url: rpc.url });
    const call = own.send('echo', 1);
    expect(() => own.unwrap()).toThrow(/Not initialized/);
    call.subscribe().unsubscribe();
    await own.close();
  });

  it('keeps no trace of calls that are over', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => send('echo', index + 1)));
    expect(Reflect.get(rpc.client, 'routingMap').size).toBe(0);
  });

  it('sends the headers of a record in lower case, and its timeout', async () => {
    const record = new RookeryRecordBuilder({ a: 1 }).setHeaders({ Tenant: 'a' }).setTimeout('300ms').build();
    expect(await send('metadata', record)).toEqual({ tenant: 'a' });
    expect(await send('echo', record)).toEqual({ a: 1 });
    const remaining = await send('time', record);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(300);
    expect(await send('time', { none: true })).toBeLessThanOrEqual(5000);
  });

  it('runs the dispatch hook once for each message, and its metadata joins the headers', async () => {
    const own = new RookeryClient({ url: rpc.url });
    const patterns: unknown[] = [];
    own.setOnDispatchHook((packet: ReadPacket) => {
      patterns.push(packet.pattern);
      packet.metadata = { Trace: 't1' };
    });
    const record = new RookeryRecord({}, { headers: { tenant: 'a' } });
    expect(await send('metadata', record, own)).toEqual({ tenant: 'a', trace: 't1' });
    const event = firstValueFrom(events);
    own.emit('event', {});
    expect(await event).toEqual({ trace: 't1' });
    expect(patterns).toEqual(['metadata', 'event']);
    await own.close();
  });

  it('fails pending calls when it closes, and can be used again', async () => {
    const own = new RookeryClient({ url: rpc.url });
    await own.connect();
    const pending = send('hang', {}, own);
    const closed = expect(pending).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await own.close('SIGTERM');
    await closed;
    expect(await send('echo', 'again', own)).toBe('again');
    await own.close();
    await own.close();
  });

  it('forgets a failed connection attempt and comes back when the server does', async () => {
    const first = await startRpcApp([Echo]);
    const address = first.server.address();
    const port = 'port' in address ? address.port : 0;
    const statuses: string[] = [];
    first.client.status.subscribe((status) => statuses.push(status));
    expect(await send('echo', 1, first.client)).toBe(1);
    await first.app.close();
    await expect(send('echo', new RookeryRecord(2, { timeoutMs: 100 }), first.client)).rejects.toMatchObject({
      executed: false,
    });
    const second = await startRpcApp([Echo], { server: { port } });
    expect(await send('echo', 3, first.client)).toBe(3);
    await second.close();
    await first.client.close();
    expect(statuses).toEqual(expect.arrayContaining(['connected', 'disconnected', 'closed']));
  });

  it('tells connect and close, and its listeners outlive a reconnect', async () => {
    const own = new RookeryClient({ url: rpc.url });
    const heard: string[] = [];
    own.on('connect', () => heard.push('connect'));
    own.on('close', () => heard.push('close'));
    await own.connect();
    await own.connect();
    await own.close();
    expect(heard).toEqual(['connect', 'close']);
  });

  it("goes through a subclass's own extension points", async () => {
    class Mine extends RookeryClient {
      protected override serializeResponse(response: unknown): unknown {
        return { wrapped: response };
      }
      protected override serializeError(error: unknown): unknown {
        return { failed: error instanceof Error };
      }
    }
    const own = new Mine({ url: rpc.url });
    expect(await send('echo', 1, own)).toEqual({ wrapped: 1 });
    await expect(send('no such', 1, own)).rejects.toEqual({ failed: true });
    await own.close();
  });

  it('is a custom class for ClientsModule, which closes it at shutdown', async () => {
    const module = moduleOf({
      imports: [ClientsModule.register([{ name: 'ECHO', customClass: RookeryClient, options: { url: rpc.url } }])],
    });
    const app = await NestFactory.createApplicationContext(module, { logger: false });
    const client = app.get<RookeryClient>('ECHO');
    expect(await send('echo', 'x', client)).toBe('x');
    await app.close();
    expect(() => client.unwrap()).toThrow(/Not initialized/);
  });

  it('names every bad option', () => {
    expect(() => new RookeryClient({ service: 'x', timeout: -1 })).toThrow(/client\.registry.*client\.timeout/);
    expect(() => new RookeryClient({})).toThrow(/either 'url', or 'service' and 'registry'/);
    expect(() => new RookeryClient({ url: 'http://x' })).toThrow(/client\.url/);
  });
});

describe("the user's serializers and deserializers", () => {
  const flip = (value: unknown): string => JSON.stringify(value).split('').reverse().join('');
  const flop = (value: unknown): unknown => JSON.parse(String(value).split('').reverse().join(''));

  it('see every payload and answer, both ways', async () => {
    const server = {
      deserializer: { deserialize: async (packet: { data: unknown }) => ({ ...packet, data: flop(packet.data) }) },
      serializer: { serialize: (packet: { response?: unknown }) => ({ ...packet, response: flip(packet.response) }) },
    };
    const client = {
      serializer: { serialize: (packet: ReadPacket) => ({ ...packet, data: flip(packet.data) }) },
      deserializer: {
        deserialize: async (packet: { response?: unknown }) => ({ ...packet, response: flop(packet.response) }),
      },
    };
    const own = await startRpcApp([Echo], { server, client });
    expect(await lastValueFrom(own.client.send('echo', { a: [1] }).pipe(toArray()))).toEqual([{ a: [1] }]);
    const strange = new RookeryClient({ url: own.url });
    expect(await send('echo', flip('x'), strange)).toBe(flip('x'));
    await strange.close();
    await own.close();
  });

  it('leave a server that listens nowhere closable', async () => {
    await new RookeryServer().close();
  });
});
