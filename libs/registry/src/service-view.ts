import type { Endpoint } from '#rpc';
import type { ServiceList } from './service-list.js';

/** What a client believes about one service. A value: applying a list returns the next one. */
export interface ServiceView {
  /** The name server's run and version that were applied last; empty and 0 before the first, or when the list came from disk. */
  readonly generation: string;
  readonly version: number;
  /** What that run of the server listed last. */
  readonly told: readonly Endpoint[];
  /** Known from before that run and neither confirmed nor contradicted by it yet. */
  readonly carried: readonly Endpoint[];
  /** `carried` and `told` together: what callers use. The same array until the list changes. */
  readonly endpoints: readonly Endpoint[];
}

/** A view of instances known from an earlier life (the disk); of none by default. */
export function viewOf(endpoints: readonly Endpoint[] = []): ServiceView {
  return Object.freeze({ generation: '', version: 0, told: [], carried: endpoints, endpoints });
}

/**
 * The view after `list` arrived; the same object when the list is older than what is known.
 *
 * - An incomplete list (the server has just started) adds to what was known and removes nothing that it did not list before itself:
 *   what is missing may only not be back yet.
 * - An empty list removes what was known from before only if it says that somebody deregistered or expired, or if this very server listed
 *   instances before: an empty answer is more often a fault of the name server than the end of every instance.
 * Source: Dubbo's empty-push protection and why it was turned off (dubbo#9965); Nacos namingPushEmptyProtection.
 */
export function applyServiceList(view: ServiceView, list: ServiceList): ServiceView {
  const isSameServer = list.generation === view.generation;
  if (isSameServer && list.version < view.version) return view;
  const before = isSameServer ? view : { told: [], carried: view.endpoints };
  const told = list.instances.map(toEndpoint);
  const ids = new Set(told.map((each) => each.instanceId));
  const isBelieved = list.isComplete && (told.length > 0 || before.told.length > 0 || explainsEmptiness(list));
  const carried = isBelieved ? [] : before.carried.filter((each) => !ids.has(each.instanceId));
  const next = [...carried, ...told];
  const endpoints = sameEndpoints(view.endpoints, next) ? view.endpoints : Object.freeze(next);
  return Object.freeze({ generation: list.generation, version: list.version, told, carried, endpoints });
}

function explainsEmptiness(list: ServiceList): boolean {
  return list.reasons.includes('deregistered') || list.reasons.includes('expired');
}

function toEndpoint(given: Endpoint): Endpoint {
  const { instanceId, address, version, weight, metadata } = given;
  return Object.freeze({ instanceId, address, version, weight, metadata });
}

function sameEndpoints(a: readonly Endpoint[], b: readonly Endpoint[]): boolean {
  return a.length === b.length && JSON.stringify(a) === JSON.stringify(b);
}
