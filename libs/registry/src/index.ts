// For rpc's callers and servers.
export type { Registration } from './registration.js';
export type { RegistryClient } from './registry-client.js';
export { createRegistryClient } from './registry-client.js';
export type { RegistryClientOptions } from './registry-client.options.js';
export { registryClientDefaults, resolveRegistryClientOptions } from './registry-client.options.js';
// For the broker that hosts a name server.
export type {
  ChangeReason,
  Instance,
  InstanceName,
  LeaseAnswer,
  ListedInstance,
  RegisterAnswer,
  RegisterRequest,
  ServiceList,
  ServiceName,
} from './registry-operations.js';
export { CHANGE_REASONS, REGISTRY_ROUTES } from './registry-operations.js';
export type { RegistryServer } from './registry-server.js';
export { createRegistryServer } from './registry-server.js';
export type { RegistryServerOptions } from './registry-server.options.js';
export { registryServerDefaults, resolveRegistryServerOptions } from './registry-server.options.js';
