import type { Endpoint } from '#rpc';

/** One running copy of a service. `(service, instanceId)` names it; the rest may change when it registers again. */
export interface Instance extends Endpoint {
  /** Matches `[A-Za-z0-9_.:/-]{1,127}`. */
  readonly service: string;
}

/** An instance as the name server sees it. `suspect`: its connection broke, its lease still runs. */
export interface ListedInstance extends Endpoint {
  readonly state: 'up' | 'suspect';
}

/** Names one instance, to renew its lease or to give it up. */
export interface InstanceName {
  readonly service: string;
  readonly instanceId: string;
}

/** Names one service, to watch it or to look it up once. */
export interface ServiceName {
  readonly service: string;
}
