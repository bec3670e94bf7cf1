import { OptionsError, type Platform, type SocketAddress } from '#platform';
import type { Instance } from '#registry';
import type { MethodMark } from './contract/handler-extras.js';
import { connectRegistry } from './registry-connection.js';
import type { RookeryServerOptions, ServiceSettings } from './rookery-server.options.js';

/** This process in the name server's lists. */
export interface ServiceRegistration {
  /** Takes it off the lists, best effort; then lets the name server go. */
  close(): Promise<void>;
}

/**
 * Registers the service of the options and every contract served, all at one address under one instance id.
 * Undefined when there is no registry or nothing to register. A name server that is away does not fail this: it is tried again.
 *
 * @throws {OptionsError} when the address that was listened on means nothing to others
 * @throws {RpcError} INVALID_ARGUMENT when the name server refuses an instance
 */
export async function registerServices(
  options: RookeryServerOptions,
  contracts: Iterable<MethodMark>,
  address: SocketAddress,
  platform: Platform,
): Promise<ServiceRegistration | undefined> {
  const instances = instancesOf(options, [...contracts], address, platform);
  if (options.registry === undefined || instances.length === 0) return undefined;
  const connection = connectRegistry(options.registry, platform);
  try {
    await Promise.all(instances.map((each) => connection.client.register(each)));
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

function instancesOf(
  options: RookeryServerOptions,
  contracts: readonly MethodMark[],
  address: SocketAddress,
  platform: Platform,
): readonly Instance[] {
  if (options.registry === undefined) return [];
  const { service } = options;
  const shared = {
    instanceId: platform.random.bytes(8).toString('hex'),
    address: advertisedAddress(address, service),
    metadata: service?.metadata ?? {},
  };
  const weight = service?.weight ?? 100;
  const own =
    service === undefined ? [] : [{ ...shared, service: service.name, version: service.version ?? '0.0.0', weight }];
  const served = contracts
    .filter(({ method }) => method.service !== service?.name)
    .map((each) => ({
      ...shared,
      service: each.method.service,
      version: each.method.version,
      weight: each.weight ?? weight,
    }));
  return [...own, ...served];
}

function advertisedAddress(address: SocketAddress, service: ServiceSettings | undefined): SocketAddress {
  if ('path' in address) return address;
  const host = service?.advertisedHost ?? address.host;
  if (host === '0.0.0.0' || host === '::') {
    const problem = `others cannot reach ${host}; set it to this machine's name or address`;
    throw new OptionsError([{ path: 'server.service.advertisedHost', problem }]);
  }
  return { host, port: address.port };
}
