import type { Instance } from './instance.js';
import { createLeaseTable, type LeaseInput, type LeaseTable, stepLeaseTable } from './lease-table.js';
import { listInstances } from './list-instances.js';

const limits = { instanceCountMax: 100, instancesPerConnectionMax: 50, evictionShareMax: 0.3, tickGapMsMax: 2_000 };

function instance(instanceId: string, port = 4100): Instance {
  return {
    service: 'orders',
    instanceId,
    address: { host: '127.0.0.1', port },
    version: '1',
    weight: 100,
    metadata: {},
  };
}

function register(nowMs: number, connection: number, instanceId: string, port?: number): LeaseInput {
  return { kind: 'register', nowMs, connection, instance: instance(instanceId, port), leaseMs: 10_000 };
}

function renew(nowMs: number, connection: number, instanceId: string): LeaseInput {
  return { kind: 'renew', nowMs, connection, service: 'orders', instanceId };
}

function deregister(nowMs: number, connection: number, instanceId: string): LeaseInput {
  return { kind: 'deregister', nowMs, connection, service: 'orders', instanceId };
}

/** The only line that knows the API: each step as `outcome reason:id ...`. */
function trace(table: LeaseTable, ...inputs: LeaseInput[]): string[] {
  return inputs.map((input) => {
    const { outcome, changes } = stepLeaseTable(table, input);
    return [outcome, ...changes.map(({ reason, instanceId }) => `${reason}:${instanceId}`)].join(' ');
  });
}

/** Ticks every second, as a server does, and keeps the instants at which something changed. */
function tickUntil(table: LeaseTable, fromMs: number, toMs: number): string[] {
  const seen: string[] = [];
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 1_000) {
    const [line] = trace(table, { kind: 'tick', nowMs });
    if (line !== 'done') seen.push(`${nowMs} ${line}`);
  }
  return seen;
}

describe('stepLeaseTable', () => {
  let table: LeaseTable;
  beforeEach(() => {
    table = createLeaseTable(limits, 0);
  });

  it('lists an instance once it is registered', () => {
    expect(trace(table, register(0, 1, 'a'))).toEqual(['done registered:a']);
    expect(listInstances(table, 'orders').map((each) => `${each.instanceId} ${each.state}`)).toEqual(['a up']);
    expect(table.version).toBe(1);
  });

  it('removes an instance at once when it deregisters', () => {
    expect(trace(table, register(0, 1, 'a'), deregister(1, 1, 'a'))).toEqual([
      'done registered:a',
      'done deregistered:a',
    ]);
    expect(listInstances(table, 'orders')).toEqual([]);
    expect(table.instanceCount).toBe(0);
  });

  it('makes the instances of a lost connection suspect and expires them when the lease ends, not before', () => {
    trace(table, register(0, 1, 'a'));
    expect(trace(table, { kind: 'connection-lost', nowMs: 3_000, connection: 1 })).toEqual(['done suspect:a']);
    expect(tickUntil(table, 1_000, 12_000)).toEqual(['10000 done expired:a']);
  });

  it('keeps an instance that renews', () => {
    trace(table, register(0, 1, 'a'));
    expect(tickUntil(table, 1_000, 9_000)).toEqual([]);
    expect(trace(table, renew(9_000, 1, 'a'))).toEqual(['done']);
    expect(tickUntil(table, 10_000, 20_000)).toEqual(['19000 done expired:a']);
  });

  it('takes a lease over by another connection, and the old connection can neither renew, end nor lose it', () => {
    trace(table, register(0, 1, 'a'));
    expect(
      trace(
        table,
        { kind: 'connection-lost', nowMs: 1, connection: 1 },
        register(2, 2, 'a'),
        renew(3, 1, 'a'),
        deregister(4, 1, 'a'),
        { kind: 'connection-lost', nowMs: 5, connection: 1 },
      ),
    ).toEqual(['done suspect:a', 'done recovered:a', 'unknown', 'unknown', 'done']);
    expect(listInstances(table, 'orders').map((each) => each.state)).toEqual(['up']);
  });

  it('tells an instance that changed from one that only came back', () => {
    expect(trace(table, register(0, 1, 'a'), register(1, 1, 'a'), register(2, 1, 'a', 4200))).toEqual([
      'done registered:a',
      'done',
      'done changed:a',
    ]);
    expect(table.version).toBe(2);
  });

  it('answers full at each of its limits and changes nothing', () => {
    table = createLeaseTable({ ...limits, instanceCountMax: 2, instancesPerConnectionMax: 1 }, 0);
    expect(trace(table, register(0, 1, 'a'), register(0, 1, 'b'), register(0, 2, 'b'), register(0, 3, 'c'))).toEqual([
      'done registered:a',
      'full',
      'done registered:b',
      'full',
    ]);
    expect(table.instanceCount).toBe(2);
  });

  it('expires at most the allowed share of a service in one tick', () => {
    for (let n = 0; n < 10; n++) trace(table, register(n, n, `i${n}`));
    tickUntil(table, 1_000, 10_000);
    expect(listInstances(table, 'orders')).toHaveLength(9);
    expect(trace(table, { kind: 'tick', nowMs: 11_000 })).toEqual(['done expired:i1 expired:i2']);
    expect(listInstances(table, 'orders')).toHaveLength(7);
  });

  it('gives every lease the time back that the name server itself stood still', () => {
    trace(table, register(0, 1, 'a'), { kind: 'tick', nowMs: 1_000 }, { kind: 'tick', nowMs: 61_000 });
    expect(listInstances(table, 'orders')).toHaveLength(1);
    expect(tickUntil(table, 62_000, 75_000)).toEqual(['70000 done expired:a']);
  });

  it('never repeats a version, even for a service that went and came back', () => {
    trace(table, register(0, 1, 'a'), deregister(1, 1, 'a'), register(2, 1, 'a'));
    expect(table.version).toBe(3);
    expect(table.services.size).toBe(1);
    expect(table.leasesByConnection.size).toBe(1);
  });
});
