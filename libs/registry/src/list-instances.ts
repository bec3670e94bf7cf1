import type { ListedInstance } from './instance.js';
import type { LeaseTable } from './lease-table.js';

/** The instances of `service`, ordered by id so that equal tables give equal lists. */
export function listInstances(table: LeaseTable, service: string): ListedInstance[] {
  const leases = [...(table.services.get(service)?.values() ?? [])];
  leases.sort((a, b) => (a.instance.instanceId < b.instance.instanceId ? -1 : 1));
  return leases.map(({ instance, state }) => ({
    instanceId: instance.instanceId,
    address: instance.address,
    version: instance.version,
    weight: instance.weight,
    metadata: instance.metadata,
    state,
  }));
}
