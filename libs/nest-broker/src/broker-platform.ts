import { nestLogger } from '#nest-rpc';
import { nodePlatform, type Platform } from '#platform';

/** The real world, logging through Nest's logger, except for the parts given. */
export function brokerPlatform(given: Partial<Platform> | undefined): Platform {
  return nodePlatform({ logger: nestLogger('Rookery'), ...given });
}
