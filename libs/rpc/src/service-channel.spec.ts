import { type MemoryPlatform, memoryPlatform, runUntilSettled } from '#platform/testing';
import {
  createRpcChannel,
  createRpcServer,
  type Directory,
  type Endpoint,
  type RpcChannel,
  type RpcServer,
} from './index.js';

/** A directory that a test writes. */
class WrittenDirectory implements Directory {
  private list: readonly Endpoint[] = [];
  private readonly listeners = new Set<(endpoints: readonly Endpoint[]) => void>();

  set(machines: readonly string[]): void {
    this.list = machines.map((instanceId) => ({
      instanceId,
      address: { host: instanceId, port: 4100 },
      version: '1.0.0',
      weight: 100,
      metadata: {},
    }));
    for (const listener of this.listeners) listener(this.list);
  }

  endpoints(): readonly Endpoint[] {
    return this.list;
  }

  watch(_service: string, listener: (endpoints: readonly Endpoint[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

let world: MemoryPlatform;
let directory: WrittenDirectory;
let channel: RpcChannel;
let servers: Map<string, RpcServer>;
/** Connections that ended, of those that carried a slow call. */
let goneCount = 0;

beforeEach(() => {
  world = memoryPlatform('service', 'client');
  directory = new WrittenDirectory();
  channel = createRpcChannel({ service: 'stock', directory }, world);
  servers = new Map();
  goneCount = 0;
});

async function serve(machine: string): Promise<void> {
  const server = createRpcServer({ host: '0.0.0.0', port: 4100, name: machine }, world.machine(machine));
  server.onCall('who', () => machine);
  server.onCall('slow', async (call) => {
    call.peer.onClose(() => {
      goneCount++;
    });
    await world.clock.sleep(200);
    return machine;
  });
  await server.listen();
  servers.set(machine, server);
}

function during<T>(promise: Promise<T>): Promise<T> {
  return runUntilSettled(world.clock, promise);
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return during(promise.catch((error: unknown) => error));
}

async function whoAnswers(count: number): Promise<Record<string, number>> {
  const answers = await during(Promise.all(Array.from({ length: count }, () => channel.call('who', 1))));
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[String(answer)] = (counts[String(answer)] ?? 0) + 1;
  return counts;
}

it('calls spread over the instances', async () => {
  for (const machine of ['a', 'b']) await serve(machine);
  directory.set(['a', 'b']);
  await during(channel.connect());
  await world.clock.advance(10);
  const counts = await whoAnswers(200);
  expect(Math.abs((counts['a'] ?? 0) - (counts['b'] ?? 0))).toBeLessThan(20);
});

it('an instance that cannot be reached is left out, and taken back when it can', async () => {
  await serve('a');
  directory.set(['a', 'b']);
  expect(await whoAnswers(20)).toEqual({ a: 20 });
  await serve('b');
  await world.clock.advance(6_000);
  expect(Object.keys(await whoAnswers(50))).toEqual(expect.arrayContaining(['a', 'b']));
});

it('calls move off an instance that died', async () => {
  for (const machine of ['a', 'b']) await serve(machine);
  directory.set(['a', 'b']);
  await during(channel.connect());
  await world.clock.advance(10);
  world.network.kill('a');
  await world.clock.advance(1);
  expect(await whoAnswers(20)).toEqual({ b: 20 });
});

it('no call fails while an instance drains', async () => {
  for (const machine of ['a', 'b']) await serve(machine);
  directory.set(['a', 'b']);
  await during(channel.connect());
  await world.clock.advance(10);
  const running = Array.from({ length: 10 }, () => channel.call('slow', 1));
  await world.clock.advance(1);
  const closed = servers.get('a')?.close();
  const later = Array.from({ length: 50 }, () => channel.call('who', 1));
  await during(Promise.all([...running, ...later, closed]));
  expect(await whoAnswers(20)).toEqual({ b: 20 });
});

it('an unknown service is UNAVAILABLE by name after a bounded wait', async () => {
  const startMs = world.clock.monotonicMs();
  const error = await failureOf(channel.call('who', 1));
  expect(error).toMatchObject({ code: 'UNAVAILABLE', executed: false });
  expect(String(error)).toContain('service stock: no instance is known');
  expect(world.clock.monotonicMs() - startMs).toBeLessThan(1_100);
});

it('a call made before the first list waits for it', async () => {
  await serve('a');
  world.clock.schedule(500, () => directory.set(['a']));
  expect(await during(channel.call('who', 1))).toBe('a');
});

it('an instance that leaves the list answers what it runs and gets no more', async () => {
  for (const machine of ['a', 'b']) await serve(machine);
  directory.set(['a']);
  await during(channel.connect());
  const running = channel.call('slow', 1);
  await world.clock.advance(1);
  directory.set(['b']);
  await world.clock.advance(10);
  expect(await whoAnswers(5)).toEqual({ b: 5 });
  expect(goneCount).toBe(0);
  expect(await during(running)).toBe('a');
  await world.clock.advance(10);
  expect(goneCount).toBe(1);
});

it('a closed channel fails what is pending and connects again when used', async () => {
  await serve('a');
  directory.set(['a']);
  const pending = channel.call('slow', 1).catch((error: unknown) => error);
  await world.clock.advance(10);
  await channel.close();
  expect(channel.status).toBe('closed');
  expect(await during(pending)).toMatchObject({ code: 'UNAVAILABLE' });
  expect(await during(channel.call('who', 1))).toBe('a');
});

it('an idempotent call whose instance died is made again elsewhere; another one is left unknown', async () => {
  for (const machine of ['a', 'b']) await serve(machine);
  directory.set(['a']);
  await during(channel.connect());
  const repeated = channel.call('slow', 1, { isIdempotent: true });
  const unknown = channel.call('slow', 1).catch((error: unknown) => error);
  await world.clock.advance(10);
  directory.set(['a', 'b']);
  await world.clock.advance(10);
  world.network.kill('a');
  expect(await during(repeated)).toBe('b');
  expect(await during(unknown)).toMatchObject({ code: 'UNAVAILABLE', executed: undefined });
});
