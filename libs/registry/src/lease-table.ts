import { invariant } from '#platform';
import type { Instance, InstanceName } from './instance.js';
import type { ChangeReason } from './service-list.js';

/** Bounds of one table. */
export interface LeaseTableLimits {
  /** Leases in all; a register beyond it is answered `full`. */
  readonly instanceCountMax: number;
  /** Leases of one connection; a register beyond it is answered `full`. */
  readonly instancesPerConnectionMax: number;
  /** Largest share of one service's instances that one tick may expire, in (0, 1]; one instance may always go. */
  readonly evictionShareMax: number;
  /** Longest time between two ticks, in ms, that counts as normal; of a longer pause every lease is given back the excess. */
  readonly tickGapMsMax: number;
}

/** One lease. Times are monotonic ms of the name server. */
interface Lease {
  readonly instance: Instance;
  readonly connection: number;
  readonly leaseMs: number;
  state: 'up' | 'suspect';
  expiresAtMs: number;
}

/** Who holds which lease. Changed in place by `stepLeaseTable` and by nothing else: a copy per heartbeat would cost more than the heartbeat. */
export interface LeaseTable {
  readonly limits: LeaseTableLimits;
  readonly services: Map<string, Map<string, Lease>>;
  readonly leasesByConnection: Map<number, Set<Lease>>;
  instanceCount: number;
  /** Rises by one with every change. Never reset, so a service that went and came back does not repeat a number. */
  version: number;
  lastTickMs: number;
}

/** What happens to the table. `connection` names the connection that the input came by. */
export type LeaseInput =
  | {
      readonly kind: 'register';
      readonly nowMs: number;
      readonly connection: number;
      readonly instance: Instance;
      readonly leaseMs: number;
    }
  | ({ readonly kind: 'renew'; readonly nowMs: number; readonly connection: number } & InstanceName)
  | ({ readonly kind: 'deregister'; readonly nowMs: number; readonly connection: number } & InstanceName)
  | { readonly kind: 'connection-lost'; readonly nowMs: number; readonly connection: number }
  | { readonly kind: 'tick'; readonly nowMs: number };

/** One service whose list is different now, and why. */
export interface LeaseChange {
  readonly service: string;
  readonly instanceId: string;
  readonly reason: ChangeReason;
}

/** `outcome`: `unknown` = no such lease on that connection; `full` = a limit is reached, nothing changed. */
export interface LeaseStep {
  readonly outcome: 'done' | 'unknown' | 'full';
  readonly changes: readonly LeaseChange[];
}

const NOTHING: LeaseStep = Object.freeze({ outcome: 'done', changes: Object.freeze([]) });
const UNKNOWN: LeaseStep = Object.freeze({ outcome: 'unknown', changes: Object.freeze([]) });
const FULL: LeaseStep = Object.freeze({ outcome: 'full', changes: Object.freeze([]) });

/** An empty table whose time begins at `nowMs`. */
export function createLeaseTable(limits: LeaseTableLimits, nowMs: number): LeaseTable {
  return {
    limits,
    services: new Map(),
    leasesByConnection: new Map(),
    instanceCount: 0,
    version: 0,
    lastTickMs: nowMs,
  };
}

/**
 * One step: changes `table` and tells what changed, in order. No time, no chance, no I/O of its own.
 *
 * A lease belongs to the connection that registered last; renewals and deregistrations of any other are `unknown`, so that a late packet of
 * an instance's former life cannot end its present one. A lost connection makes a lease suspect and does not lengthen it.
 */
export function stepLeaseTable(table: LeaseTable, input: LeaseInput): LeaseStep {
  switch (input.kind) {
    case 'register':
      return register(table, input);
    case 'renew':
      return renew(table, input);
    case 'deregister': {
      const lease = ownedLease(table, input, input.connection);
      if (lease === undefined) return UNKNOWN;
      remove(table, lease);
      return changed(table, lease, 'deregistered');
    }
    case 'connection-lost':
      return loseConnection(table, input.connection);
    case 'tick':
      return expire(table, input.nowMs);
  }
}

function register(table: LeaseTable, input: Extract<LeaseInput, { kind: 'register' }>): LeaseStep {
  const { instance, connection, leaseMs, nowMs } = input;
  const previous = table.services.get(instance.service)?.get(instance.instanceId);
  const held = table.leasesByConnection.get(connection)?.size ?? 0;
  const isNewHere = previous?.connection !== connection;
  if (isNewHere && held >= table.limits.instancesPerConnectionMax) return FULL;
  if (previous === undefined && table.instanceCount >= table.limits.instanceCountMax) return FULL;
  if (previous !== undefined) remove(table, previous);
  const lease: Lease = { instance, connection, leaseMs, state: 'up', expiresAtMs: nowMs + leaseMs };
  add(table, lease);
  if (previous === undefined) return changed(table, lease, 'registered');
  if (!sameInstance(previous.instance, instance)) return changed(table, lease, 'changed');
  return previous.state === 'suspect' ? changed(table, lease, 'recovered') : NOTHING;
}

function renew(table: LeaseTable, input: Extract<LeaseInput, { kind: 'renew' }>): LeaseStep {
  const lease = ownedLease(table, input, input.connection);
  if (lease === undefined) return UNKNOWN;
  lease.expiresAtMs = input.nowMs + lease.leaseMs;
  return NOTHING;
}

function loseConnection(table: LeaseTable, connection: number): LeaseStep {
  const leases = table.leasesByConnection.get(connection);
  if (leases === undefined) return NOTHING;
  const changes: LeaseChange[] = [];
  for (const lease of leases) {
    lease.state = 'suspect';
    changes.push(change(table, lease, 'suspect'));
  }
  return { outcome: 'done', changes };
}

function expire(table: LeaseTable, nowMs: number): LeaseStep {
  const gapMs = nowMs - table.lastTickMs;
  table.lastTickMs = nowMs;
  // This process itself stood still (a suspended machine, a blocked event loop): the heartbeats are waiting behind this very tick.
  if (gapMs > table.limits.tickGapMsMax) lengthenAll(table, gapMs);
  const changes: LeaseChange[] = [];
  for (const leases of table.services.values()) {
    const due = [...leases.values()].filter((lease) => lease.expiresAtMs <= nowMs);
    if (due.length === 0) continue;
    // Many leases of one service ending together look like our own fault or the network's: they go a few at a time, the oldest first.
    const countMax = Math.max(1, Math.floor(leases.size * table.limits.evictionShareMax));
    due.sort((a, b) => a.expiresAtMs - b.expiresAtMs);
    for (const lease of due.slice(0, countMax)) {
      remove(table, lease);
      changes.push(change(table, lease, 'expired'));
    }
  }
  return changes.length === 0 ? NOTHING : { outcome: 'done', changes };
}

function lengthenAll(table: LeaseTable, byMs: number): void {
  for (const leases of table.services.values()) {
    for (const lease of leases.values()) lease.expiresAtMs += byMs;
  }
}

function add(table: LeaseTable, lease: Lease): void {
  const { service, instanceId } = lease.instance;
  const leases = table.services.get(service) ?? new Map<string, Lease>();
  table.services.set(service, leases.set(instanceId, lease));
  const own = table.leasesByConnection.get(lease.connection) ?? new Set<Lease>();
  table.leasesByConnection.set(lease.connection, own.add(lease));
  table.instanceCount += 1;
}

function remove(table: LeaseTable, lease: Lease): void {
  const { service, instanceId } = lease.instance;
  const leases = table.services.get(service);
  invariant(leases?.get(instanceId) === lease, 'a lease that is removed is in the table');
  leases.delete(instanceId);
  if (leases.size === 0) table.services.delete(service);
  const own = table.leasesByConnection.get(lease.connection);
  own?.delete(lease);
  if (own?.size === 0) table.leasesByConnection.delete(lease.connection);
  table.instanceCount -= 1;
}

function ownedLease(table: LeaseTable, name: InstanceName, connection: number): Lease | undefined {
  const lease = table.services.get(name.service)?.get(name.instanceId);
  return lease?.connection === connection ? lease : undefined;
}

function changed(table: LeaseTable, lease: Lease, reason: ChangeReason): LeaseStep {
  return { outcome: 'done', changes: [change(table, lease, reason)] };
}

function change(table: LeaseTable, lease: Lease, reason: ChangeReason): LeaseChange {
  table.version += 1;
  return { service: lease.instance.service, instanceId: lease.instance.instanceId, reason };
}

function sameInstance(a: Instance, b: Instance): boolean {
  // Both were rebuilt field by field, in one order, by the request parser.
  return JSON.stringify(a) === JSON.stringify(b);
}
