import type { Platform } from '../platform.js';
import { MemoryFileSystem } from './memory-file-system.js';
import { MemoryNetwork } from './memory-network.js';
import { RecordingLogger } from './recording-logger.js';
import { SeededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

/** A whole simulated world for one process, with the handles that a test turns. */
export interface MemoryPlatform extends Platform {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly files: MemoryFileSystem;
  readonly logger: RecordingLogger;
  readonly network: MemoryNetwork;
  /** A second machine on the same network and clock, with a disk, a log and a chance of its own. */
  machine(name: string): MemoryPlatform;
}

/** A world made from a seed; the process runs on the machine `host`. The same seed and the same program give the same history. */
export function memoryPlatform(seed: number | string, host = 'host'): MemoryPlatform {
  const clock = new VirtualClock();
  const random = new SeededRandom(seed);
  return machine(host, { clock, random, network: new MemoryNetwork(clock, random.fork('network')) });
}

type World = Pick<MemoryPlatform, 'clock' | 'random' | 'network'>;

function machine(name: string, world: World): MemoryPlatform {
  const random = world.random.fork(`machine ${name}`);
  return Object.freeze({
    clock: world.clock,
    network: world.network,
    random,
    files: new MemoryFileSystem(random.fork('disk')),
    sockets: world.network.host(name),
    logger: new RecordingLogger(),
    machine: (other: string) => machine(other, world),
  });
}
