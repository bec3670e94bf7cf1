import type { Clock } from './clock.js';
import type { FileSystem } from './file-system.js';
import type { Logger } from './logger.js';
import type { Random } from './random.js';
import type { Sockets } from './sockets.js';

/** The whole outside world of one process: handed down from the composition, one part at a time. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: FileSystem;
  readonly sockets: Sockets;
  readonly logger: Logger;
}
