import { memoryPlatform } from '#platform/testing';
import { createRpcChannel, createRpcServer } from '#rpc';
import { type Instance } from './instance.js';
import { createRegistryClient } from './registry-client.js';
import { resolveRegistryClientOptions } from './registry-client.options.js';
import { REGISTRY_ROUTES } from './registry-operations.js';
import { createRegistryServer } from './registry-server.js';
import { resolveRegistryServerOptions } from './registry-server.options.js';

const NAME_SERVER = { host: 'names', port: 4000 };

function instance(instanceId: string): Instance {
  return {
    service: 'orders',
    instanceId,
    address: { host: instanceId, port: 4100 },
    version: '1',
    weight: 100,
    metadata: {},
  };
}

/** A simulated network: the name server on the machine `names`, each client on its own machine. */
function world(seed: number) {
  const platform = memoryPlatform(seed, 'names');
  const startServer = async () => {
    const registry = createRegistryServer(resolveRegistryServerOptions(), platform);
    const server = createRpcServer(NAME_SERVER, platform);
    server.onCall(REGISTRY_ROUTES.register, (call) => registry.register(call.payload, call.peer));
    server.onCall(REGISTRY_ROUTES.renew, (call) => registry.renew(call.payload, call.peer));
    server.onCall(REGISTRY_ROUTES.deregister, (call) => registry.deregister(call.payload, call.peer));
    server.onCall(REGISTRY_ROUTES.watch, (call) => registry.watch(call.payload));
    await server.listen();
    return { registry, server };
  };
  const client = (machine: string) => {
    const own = platform.machine(machine);
    const channel = createRpcChannel({ address: NAME_SERVER }, own);
    return createRegistryClient(resolveRegistryClientOptions(), own, channel);
  };
  const { clock, network } = platform;
  return { clock, network, startServer, client };
}

describe('the name server over a real connection', () => {
  it('lists an instance, drops it a lease after its process died, and lists it again when it is back', async () => {
    const { clock, network, startServer, client } = world(21);
    await startServer();
    const watcher = client('watcher');
    const ids = () => watcher.endpoints('orders').map((each) => each.instanceId);
    watcher.watch('orders', () => {});
    const registering = client('orders-1').register(instance('orders-1'));
    await clock.runUntil(() => ids().length === 1, 1_000);
    await registering;
    network.kill('orders-1');
    await clock.advance(6_000);
    expect(ids()).toEqual(['orders-1']);
    await clock.runUntil(() => ids().length === 0, 11_000);
    const again = client('orders-1').register(instance('orders-1'));
    await clock.runUntil(() => ids().length === 1, 1_000);
    await again;
  });

  it('gets its instances and watchers back after it was killed, and no watcher sees an empty list meanwhile', async () => {
    const { clock, network, startServer, client } = world(22);
    await startServer();
    const watcher = client('watcher');
    const lengths: number[] = [];
    watcher.watch('orders', (list) => lengths.push(list.length));
    const registered = [client('a').register(instance('a')), client('b').register(instance('b'))];
    await clock.runUntil(() => watcher.endpoints('orders').length === 2, 2_000);
    await Promise.all(registered);
    network.kill('names');
    await clock.advance(30_000);
    expect(watcher.endpoints('orders')).toHaveLength(2);
    const { registry } = await startServer();
    await clock.runUntil(() => registry.lookup({ service: 'orders' }).instances.length === 2, 30_000);
    await clock.advance(30_000);
    expect(watcher.endpoints('orders')).toHaveLength(2);
    expect(lengths.every((length) => length > 0)).toBe(true);
  });

  it('loses nothing by a short cut of the network', async () => {
    const { clock, network, startServer, client } = world(23);
    const { registry } = await startServer();
    const watcher = client('watcher');
    const lengths: number[] = [];
    watcher.watch('orders', (list) => lengths.push(list.length));
    const registering = client('a').register(instance('a'));
    await clock.runUntil(() => lengths.length === 1, 2_000);
    const registration = await registering;
    network.cut('a', 'names');
    await clock.advance(3_000);
    expect(registry.lookup({ service: 'orders' }).instances.map((each) => each.state)).toEqual(['suspect']);
    network.heal('a', 'names');
    await clock.runUntil(() => registration.status === 'held', 6_000);
    expect(registry.lookup({ service: 'orders' }).instances.map((each) => each.state)).toEqual(['up']);
    expect(lengths).toEqual([1]);
  });
});
