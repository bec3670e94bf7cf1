import type { Endpoint } from '#rpc';

/** Routes of the name server's remote operations. The handlers and the client share this list. */
export const REGISTRY_ROUTES = {
  register: 'registry.register',
  renew: 'registry.renew',
  deregister: 'registry.deregister',
  watch: 'registry.watch',
  lookup: 'registry.lookup',
} as const;

/** One running copy of a service. `(service, instanceId)` names it; the rest may change when it registers again. */
export interface Instance extends Endpoint {
  /** Matches `[A-Za-z0-9_.:/-]{1,127}`. */
  readonly service: string;
}

/** Why a service's list is as it is. `snapshot`: the first answer to a watch; `settled`: the warm-up after the server's start is over. */
export const CHANGE_REASONS = [
  'snapshot',
  'registered',
  'changed',
  'suspect',
  'recovered',
  'deregistered',
  'expired',
  'settled',
] as const;

/** One of `CHANGE_REASONS`. */
export type ChangeReason = (typeof CHANGE_REASONS)[number];

/** An instance as the name server sees it. `suspect`: its connection broke, its lease still runs. */
export interface ListedInstance extends Endpoint {
  readonly state: 'up' | 'suspect';
}

/** The whole list of one service at one version: the answer to a lookup and each value of a watch. */
export interface ServiceList {
  readonly service: string;
  /** Names one run of the name server: versions of different generations cannot be compared. */
  readonly generation: string;
  /** Rises with every change of any service, in one generation. */
  readonly version: number;
  /** False while the server has not been up for a whole lease: instances that live may still be missing. */
  readonly isComplete: boolean;
  readonly instances: readonly ListedInstance[];
  /** What happened since the list before this one, each reason once. */
  readonly reasons: readonly ChangeReason[];
}

/** Takes a lease, or takes it over after a restart or a reconnect. */
export interface RegisterRequest {
  readonly instance: Instance;
  /** How long the instance stays listed without a renewal, in ms. The server has bounds for it. */
  readonly leaseMs: number;
}

/** Names one instance, to renew its lease or to give it up. */
export interface InstanceName {
  readonly service: string;
  readonly instanceId: string;
}

/** Answer to register. */
export interface RegisterAnswer {
  readonly generation: string;
  readonly version: number;
}

/** Answer to renew and deregister. `unknown`: there is no such lease, or another connection took it over. */
export interface LeaseAnswer {
  readonly kind: 'done' | 'unknown';
}

/** Names one service, to watch it or to look it up once. */
export interface ServiceName {
  readonly service: string;
}
