// For rpc's callers and servers.

// For the broker that hosts a name server.
export type { Instance, InstanceName, ListedInstance, ServiceName } from './instance.js';
export type { Registration } from './registration.js';
export type { RegistryClient } from './registry-client.js';
export { createRegistryClient } from './registry-client.js';
export type { RegistryClientOptions } from './registry-client.options.js';
export { registryClientDefaults, resolveRegistryClientOptions } from './registry-client.options.js';
export type { LeaseAnswer, RegisterAnswer, RegisterRequest } from './registry-operations.js';
export { REGISTRY_ROUTES } from './registry-operations.js';
export type { RegistryServer } from './registry-server.js';
export { createRegistryServer } from './registry-server.js';
export type { RegistryServerOptions } from './registry-server.options.js';
export { registryServerDefaults, resolveRegistryServerOptions } from './registry-server.options.js';
export type { ChangeReason, ServiceList } from './service-list.js';
export { CHANGE_REASONS } from './service-list.js';
