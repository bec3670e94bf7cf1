import type { Platform } from '../platform.js';
import { JsonLogger } from './json-logger.js';
import { NodeClock } from './node-clock.js';
import { NodeFileSystem } from './node-file-system.js';
import { NodeRandom } from './node-random.js';
import { NodeSockets } from './node-sockets.js';

/** The real world of this process; `overrides` replaces parts of it. Logs go to the standard error stream from level `info`. */
export function nodePlatform(overrides: Partial<Platform> = {}): Platform {
  const clock = overrides.clock ?? new NodeClock();
  const logger = overrides.logger ?? new JsonLogger({ level: 'info', write: writeToStandardError, clock });
  return Object.freeze({
    clock,
    logger,
    random: overrides.random ?? new NodeRandom(),
    files: overrides.files ?? new NodeFileSystem(),
    sockets: overrides.sockets ?? new NodeSockets(logger),
  });
}

function writeToStandardError(line: string): void {
  process.stderr.write(line);
}
