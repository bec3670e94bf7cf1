import type { SocketAddress } from '#platform';
import { type Metadata, RpcError } from '#rpc';
import type { Instance, InstanceName, ServiceName } from './instance.js';
import type { RegisterRequest } from './registry-operations.js';

const SERVICE_PATTERN = /^[A-Za-z0-9_.:/-]{1,127}$/;
const ID_LENGTH_MAX = 128;
const TEXT_LENGTH_MAX = 255;
const WEIGHT_MAX = 1_000_000;
const METADATA_PAIRS_MAX = 64;
const METADATA_LENGTH_MAX = 16 * 1024;

/** What a register asks, rebuilt from untrusted input. @throws {RpcError} INVALID_ARGUMENT, naming the field. */
export function parseRegisterRequest(payload: unknown, leaseMsMin: number, leaseMsMax: number): RegisterRequest {
  const given = record(payload, 'request');
  const leaseMs = number(given['leaseMs'], 'leaseMs', leaseMsMin, leaseMsMax);
  return { instance: parseInstance(given['instance']), leaseMs };
}

/** What a renew or a deregister names. @throws {RpcError} INVALID_ARGUMENT */
export function parseInstanceName(payload: unknown): InstanceName {
  const given = record(payload, 'request');
  return {
    service: parseService(given['service']),
    instanceId: text(given['instanceId'], 'instanceId', ID_LENGTH_MAX),
  };
}

/** What a watch or a lookup names. @throws {RpcError} INVALID_ARGUMENT */
export function parseServiceName(payload: unknown): ServiceName {
  return { service: parseService(record(payload, 'request')['service']) };
}

/** An instance with every field checked and in a fixed order. @throws {RpcError} INVALID_ARGUMENT */
export function parseInstance(payload: unknown): Instance {
  const given = record(payload, 'instance');
  return Object.freeze({
    service: parseService(given['service']),
    instanceId: text(given['instanceId'], 'instanceId', ID_LENGTH_MAX),
    address: parseAddress(given['address']),
    version: optionalText(given['version'], 'version'),
    weight: number(given['weight'], 'weight', 0, WEIGHT_MAX),
    metadata: parseMetadata(given['metadata']),
  });
}

function parseService(given: unknown): string {
  if (typeof given === 'string' && SERVICE_PATTERN.test(given)) return given;
  throw refused(`service must match ${SERVICE_PATTERN.source}`);
}

function parseAddress(given: unknown): SocketAddress {
  const address = record(given, 'address');
  if (address['path'] !== undefined) return { path: text(address['path'], 'address.path', TEXT_LENGTH_MAX) };
  const port = number(address['port'], 'address.port', 1, 65_535);
  if (!Number.isInteger(port)) throw refused('address.port must be a whole number');
  return { host: text(address['host'], 'address.host', TEXT_LENGTH_MAX), port };
}

function parseMetadata(given: unknown): Metadata {
  const pairs = Object.entries(record(given, 'metadata'));
  let length = 0;
  for (const [key, value] of pairs) {
    if (typeof value !== 'string') throw refused(`metadata.${key.slice(0, 64)} must be text`);
    length += key.length + value.length;
  }
  if (pairs.length > METADATA_PAIRS_MAX || length > METADATA_LENGTH_MAX) {
    throw refused(`metadata has more than ${METADATA_PAIRS_MAX} pairs or ${METADATA_LENGTH_MAX} characters`);
  }
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  // Every value was seen to be a string above.
  return Object.freeze(Object.fromEntries(pairs) as Record<string, string>);
}

function record(given: unknown, name: string): Record<string, unknown> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given) && !Buffer.isBuffer(given)) {
    // A non-null object that is no array: its fields are read as unknown.
    return given as Record<string, unknown>;
  }
  throw refused(`${name} must be an object`);
}

function text(given: unknown, name: string, lengthMax: number): string {
  if (typeof given === 'string' && given.length > 0 && given.length <= lengthMax) return given;
  throw refused(`${name} must be text of 1 to ${lengthMax} characters`);
}

function optionalText(given: unknown, name: string): string {
  if (typeof given === 'string' && given.length <= TEXT_LENGTH_MAX) return given;
  throw refused(`${name} must be text of at most ${TEXT_LENGTH_MAX} characters`);
}

function number(given: unknown, name: string, min: number, max: number): number {
  if (typeof given === 'number' && given >= min && given <= max) return given;
  throw refused(`${name} must be a number from ${min} to ${max}`);
}

function refused(message: string): RpcError {
  return new RpcError('INVALID_ARGUMENT', message);
}
