import type { Endpoint } from '#rpc';
import { type ListedInstance } from './instance.js';
import { parseInstance } from './parse-registry-request.js';
import { CHANGE_REASONS, type ChangeReason, type ServiceList } from './service-list.js';

/** The answer of a name server, rebuilt field by field. Reasons of a newer server are left out. @throws {RpcError} INVALID_ARGUMENT when it is no list. */
export function parseServiceList(payload: unknown, service: string): ServiceList {
  // A null or a primitive has no such fields, and every field is checked below.
  const given = Object(payload) as Record<string, unknown>;
  const instances = Array.isArray(given['instances']) ? given['instances'] : [];
  const reasons: unknown[] = Array.isArray(given['reasons']) ? given['reasons'] : [];
  return {
    service,
    generation: String(given['generation']),
    version: Number(given['version']),
    isComplete: given['isComplete'] === true,
    instances: instances.map((each) => parseListed(each, service)),
    reasons: reasons.filter(isReason),
  };
}

/** Endpoints as they were written to disk. @throws {RpcError} INVALID_ARGUMENT when one is malformed. */
export function parseEndpoints(given: readonly unknown[], service: string): Endpoint[] {
  return given.map((each) => parseListed(each, service));
}

function parseListed(payload: unknown, service: string): ListedInstance {
  const fields = Object(payload) as Record<string, unknown>; // As above: every field is checked by parseInstance.
  const { instanceId, address, version, weight, metadata } = parseInstance({ ...fields, service });
  return { instanceId, address, version, weight, metadata, state: fields['state'] === 'suspect' ? 'suspect' : 'up' };
}

function isReason(given: unknown): given is ChangeReason {
  return CHANGE_REASONS.some((each) => each === given);
}
