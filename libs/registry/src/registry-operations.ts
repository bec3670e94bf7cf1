import type { Instance } from './instance.js';

/** Routes of the name server's remote operations. The handlers and the client share this list. */
export const REGISTRY_ROUTES = {
  register: 'registry.register',
  renew: 'registry.renew',
  deregister: 'registry.deregister',
  watch: 'registry.watch',
  lookup: 'registry.lookup',
} as const;

/** Takes a lease, or takes it over after a restart or a reconnect. */
export interface RegisterRequest {
  readonly instance: Instance;
  /** How long the instance stays listed without a renewal, in ms. The server has bounds for it. */
  readonly leaseMs: number;
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
