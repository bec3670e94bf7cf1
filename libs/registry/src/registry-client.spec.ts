import { memoryPlatform } from '#platform/testing';
import { type AnswerSink, AnswerStream, type ChannelStatus, type Peer, type RpcChannel, RpcError } from '#rpc';
import { type Instance } from './instance.js';
import { createRegistryClient } from './registry-client.js';
import { resolveRegistryClientOptions } from './registry-client.options.js';
import { REGISTRY_ROUTES } from './registry-operations.js';
import { createRegistryServer, type RegistryServer } from './registry-server.js';
import { resolveRegistryServerOptions } from './registry-server.options.js';

/** A channel that calls the server's methods in the same tick; it can be cut and mended. Only what the client uses. */
class CuttableChannel implements RpcChannel {
  status: ChannelStatus = 'connected';
  callCount = 0;
  private static peerCount = 0;
  private readonly listeners = new Set<(status: ChannelStatus) => void>();
  private readonly open_ = new Map<AnswerSink, () => void>();
  private peerClosed = new Set<() => void>();
  private peer = this.newPeer();

  constructor(public server: RegistryServer) {}

  onStatus(listener: (status: ChannelStatus) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async connect(): Promise<void> {}
  async oneway(): Promise<void> {}
  async close(): Promise<void> {}

  async call(route: string, payload: unknown): Promise<unknown> {
    this.callCount += 1;
    if (this.status !== 'connected') throw new RpcError('UNAVAILABLE', 'cut');
    return this.serve(route, JSON.parse(JSON.stringify(payload)));
  }

  open(route: string, payload: unknown, sink: AnswerSink): () => void {
    this.callCount += 1;
    try {
      if (this.status !== 'connected') throw new RpcError('UNAVAILABLE', 'cut');
      const answers = this.serve(route, payload);
      if (answers instanceof AnswerStream) this.open_.set(sink, answers.start(sink));
    } catch (error) {
      queueMicrotask(() => sink.error(error));
    }
    return () => {
      this.open_.get(sink)?.();
      this.open_.delete(sink);
    };
  }

  cut(): void {
    this.status = 'disconnected';
    for (const listener of this.listeners) listener(this.status);
    for (const [sink, stop] of this.open_) {
      stop();
      sink.error(new RpcError('UNAVAILABLE', 'cut'));
    }
    this.open_.clear();
    for (const closed of this.peerClosed) closed();
  }

  mend(server = this.server): void {
    this.server = server;
    this.peer = this.newPeer();
    this.status = 'connected';
    for (const listener of this.listeners) listener(this.status);
  }

  private newPeer(): Peer {
    const listeners = new Set<() => void>();
    this.peerClosed = listeners;
    const onClose = (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    return { id: ++CuttableChannel.peerCount, remote: 'test', onClose };
  }

  private serve(route: string, payload: unknown): unknown {
    switch (route) {
      case REGISTRY_ROUTES.register:
        return this.server.register(payload, this.peer);
      case REGISTRY_ROUTES.renew:
        return this.server.renew(payload, this.peer);
      case REGISTRY_ROUTES.deregister:
        return this.server.deregister(payload, this.peer);
      default:
        return this.server.watch(payload);
    }
  }
}

const ORDERS: Instance = {
  service: 'orders',
  instanceId: 'orders-1',
  address: { host: '127.0.0.1', port: 4100 },
  version: '1.0.0',
  weight: 100,
  metadata: { zone: 'a' },
};

function world(seed: number) {
  const platform = memoryPlatform(seed);
  const newServer = () => createRegistryServer(resolveRegistryServerOptions(), platform);
  const server = newServer();
  const newClient = (cacheDirectory?: string) => {
    const channel = new CuttableChannel(server);
    return {
      channel,
      client: createRegistryClient(resolveRegistryClientOptions({ cacheDirectory }), platform, channel),
    };
  };
  return { platform, clock: platform.clock, server, newServer, newClient };
}

describe('a registry client', () => {
  it('sees an instance that registers and one that deregisters', async () => {
    const { clock, newClient } = world(1);
    const [one, two] = [newClient(), newClient()];
    const seen: string[] = [];
    two.client.watch('orders', (list) => seen.push(list.map((each) => each.instanceId).join()));
    const registration = await one.client.register(ORDERS);
    await clock.advance(100);
    expect(two.client.endpoints('orders')).toEqual(
      [{ ...ORDERS, service: undefined }].map(({ service, ...rest }) => rest),
    );
    await registration.deregister();
    await clock.advance(100);
    expect(seen).toEqual(['orders-1', '']);
  });

  it('keeps its lease for as long as it lives', async () => {
    const { clock, server, newClient } = world(2);
    await newClient().client.register(ORDERS);
    await clock.advance(120_000);
    expect(server.lookup({ service: 'orders' }).instances).toHaveLength(1);
  });

  it('loses its instance when its connection is gone for longer than the lease, not before, and takes it again', async () => {
    const { clock, newClient } = world(3);
    const [one, two] = [newClient(), newClient()];
    two.client.watch('orders', () => {});
    const registration = await one.client.register(ORDERS);
    await clock.advance(1_000);
    one.channel.cut();
    expect(registration.status).toBe('lost');
    await clock.advance(8_000);
    expect(two.client.endpoints('orders')).toHaveLength(1);
    await clock.advance(3_000);
    expect(two.client.endpoints('orders')).toHaveLength(0);
    one.channel.mend();
    await clock.advance(100);
    expect(registration.status).toBe('held');
    expect(two.client.endpoints('orders')).toHaveLength(1);
  });

  it('takes its lease again at once on a new connection, without waiting for the next heartbeat', async () => {
    const { clock, server, newClient } = world(12);
    const { client, channel } = newClient();
    const registration = await client.register(ORDERS);
    channel.cut();
    await clock.advance(10);
    expect(registration.status).toBe('lost');
    expect(server.lookup({ service: 'orders' }).instances[0]?.state).toBe('suspect');
    channel.mend();
    await clock.advance(10);
    expect(registration.status).toBe('held');
    expect(server.lookup({ service: 'orders' }).instances[0]?.state).toBe('up');
  });

  it('registers again when the name server does not know its lease any more', async () => {
    const { clock, newServer, newClient } = world(13);
    const { client, channel } = newClient();
    await client.register(ORDERS);
    // Another server behind the same connection, as behind a proxy.
    channel.server = newServer();
    await clock.advance(4_000);
    expect(channel.server.lookup({ service: 'orders' }).instances).toHaveLength(1);
  });

  it('keeps its list and registers again when the name server is replaced by an empty one', async () => {
    const { clock, newServer, server, newClient } = world(4);
    const [one, two] = [newClient(), newClient()];
    const lengths: number[] = [];
    two.client.watch('orders', (list) => lengths.push(list.length));
    await one.client.register(ORDERS);
    await clock.advance(100);
    server.stop();
    one.channel.cut();
    two.channel.cut();
    await clock.advance(60_000);
    expect(two.client.endpoints('orders')).toHaveLength(1);
    const next = newServer();
    two.channel.mend(next);
    await clock.advance(5_000);
    one.channel.mend(next);
    await clock.advance(30_000);
    expect(next.lookup({ service: 'orders' }).instances).toHaveLength(1);
    expect(two.client.endpoints('orders')).toHaveLength(1);
    expect(lengths).toEqual([1]);
  });

  it('asks at a bounded rate while the name server is away', async () => {
    const { clock, newClient } = world(5);
    const { client, channel } = newClient();
    client.watch('orders', () => {});
    await client.register(ORDERS);
    channel.cut();
    const before = channel.callCount;
    await clock.advance(60_000);
    // Two loops, each with at most one attempt per 1.5 s after the first few.
    expect(channel.callCount - before).toBeLessThan(100);
  });

  it('starts with the list on disk while the name server is away', async () => {
    const { clock, newClient } = world(6);
    const first = newClient('/cache');
    first.client.watch('orders', () => {});
    await first.client.register(ORDERS);
    await clock.advance(100);
    const second = newClient('/cache');
    second.channel.cut();
    second.client.watch('orders', () => {});
    await clock.settle();
    expect(second.client.endpoints('orders').map((each) => each.instanceId)).toEqual(['orders-1']);
  });

  it('does not believe a damaged list on disk', async () => {
    const { clock, newClient, platform } = world(7);
    const first = newClient('/cache');
    first.client.watch('orders', () => {});
    await first.client.register(ORDERS);
    await clock.advance(100);
    const [name = ''] = await platform.files.list('/cache');
    const file = await platform.files.open(`/cache/${name}`, { access: 'write' });
    await file.write([Buffer.from('X')], 40);
    const second = newClient('/cache');
    second.channel.cut();
    second.client.watch('orders', () => {});
    await clock.settle();
    expect(second.client.endpoints('orders')).toEqual([]);
  });

  it('refuses an instance that the name server refuses', async () => {
    const { newClient } = world(8);
    await expect(newClient().client.register({ ...ORDERS, service: 'no spaces' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('leaves no timer behind when client and server are closed', async () => {
    const { clock, newClient, server } = world(9);
    const { client } = newClient();
    client.watch('orders', () => {});
    await client.register(ORDERS);
    await client.close();
    server.stop();
    expect(clock.scheduledCount()).toBe(0);
  });
});

describe('a registry server', () => {
  const peer: Peer = { id: 1, remote: 'test', onClose: () => () => {} };

  it('names the field of a request that it cannot use', () => {
    const { server } = world(10);
    const bad: [unknown, RegExp][] = [
      [null, /request must be an object/],
      [{ instance: ORDERS, leaseMs: 5 }, /leaseMs/],
      [{ instance: { ...ORDERS, address: { host: 'h', port: 70_000 } }, leaseMs: 10_000 }, /address.port/],
      [{ instance: { ...ORDERS, metadata: { a: 1 } }, leaseMs: 10_000 }, /metadata.a/],
    ];
    for (const [request, problem] of bad) expect(() => server.register(request, peer)).toThrow(problem);
  });

  it('refuses more watches and instances than it may hold', () => {
    const platform = memoryPlatform(11);
    const options = resolveRegistryServerOptions({ watcherCountMax: 1, instanceCountMax: 1 });
    const server = createRegistryServer(options, platform);
    const sink: AnswerSink = { value() {}, complete() {}, error() {} };
    const stop = server.watch({ service: 'orders' }).start(sink);
    expect(() => server.watch({ service: 'orders' })).toThrow(/too many watches/);
    stop();
    expect(() => server.watch({ service: 'orders' })).not.toThrow();
    server.register({ instance: ORDERS, leaseMs: 10_000 }, peer);
    const other = { ...ORDERS, instanceId: 'orders-2' };
    expect(() => server.register({ instance: other, leaseMs: 10_000 }, peer)).toThrow(/as many instances/);
  });

  it('reports every wrong option at once', () => {
    const given = { leaseMsMin: 10, leaseMsMax: 5, watcherCountMax: 0, evictionShareMax: 2 };
    expect(() => resolveRegistryServerOptions(given)).toThrow(
      expect.objectContaining({ problems: [expect.anything(), expect.anything(), expect.anything()] }),
    );
  });
});
