import { type Broker, type BrokerSettings, bindBroker, createBroker, resolveBrokerOptions } from '#broker';
import type { Platform } from '#platform';
import { memoryPlatform } from '#platform/testing';
import { createRpcChannel, createRpcServer, type Duration, durationMs, type RpcChannel, type RpcServer } from '#rpc';

/** What a test may choose for its broker. */
export interface InMemoryBrokerOptions extends Omit<BrokerSettings, 'dataDir'> {
  /** The same seed and the same test give the same history. Default 1. */
  readonly seed?: number | undefined;
}

const ADDRESS = { host: 'broker', port: 4000 };
const SEGMENT_BYTES = 4 * 1024 * 1024;

/**
 * The real broker over a simulated world: a disk in memory, a network in memory, a clock that moves only when told to.
 * No statics: any number of them live in one process.
 */
export class InMemoryBroker {
  private constructor(
    private readonly world: ReturnType<typeof memoryPlatform>,
    private readonly settings: BrokerSettings,
    private broker: Broker,
    private server: RpcServer,
  ) {}

  /** Starts a broker with an empty disk. @throws {OptionsError} */
  static async start({ seed = 1, ...settings }: InMemoryBrokerOptions = {}): Promise<InMemoryBroker> {
    const world = memoryPlatform(seed, ADDRESS.host);
    const entryBytesMax = SEGMENT_BYTES / 2;
    const store = { segmentBytes: SEGMENT_BYTES, entryBytesMax, ...settings.store };
    const complete = { ...settings, dataDir: '/data', store };
    const { broker, server } = await open(complete, world);
    return new InMemoryBroker(world, complete, broker, server);
  }

  /** A client's world: a machine of its own on the broker's network and clock. */
  machine(name: string): Platform {
    return this.world.machine(name);
  }

  /** A channel to the broker from the machine `name`, for producers and consumers. */
  channel(name = 'client'): RpcChannel {
    return createRpcChannel({ address: ADDRESS }, this.machine(name));
  }

  /** Moves time on; everything that is due on the way happens. */
  advance(by: Duration): Promise<void> {
    return this.world.clock.advance(durationMs(by, 'by'));
  }

  /** Moves time on until `condition` holds. @throws {Error} when it does not within `limit` of virtual time (default 1 min) */
  until(condition: () => boolean, limit: Duration = '1m'): Promise<void> {
    return this.world.clock.runUntil(condition, durationMs(limit, 'limit'));
  }

  /** Kills the broker as a power cut would, and starts it again on what is left on the disk. */
  async crash(): Promise<void> {
    this.world.network.kill(ADDRESS.host);
    this.world.files.crash();
    const { broker, server } = await open(this.settings, this.world);
    this.broker = broker;
    this.server = server;
  }

  /** Drains and closes. */
  async stop(): Promise<void> {
    this.broker.drain();
    await this.server.close();
    await this.broker.stop();
  }
}

async function open(settings: BrokerSettings, platform: Platform): Promise<{ broker: Broker; server: RpcServer }> {
  const broker = await createBroker(resolveBrokerOptions(settings), platform);
  const server = createRpcServer(ADDRESS, platform);
  bindBroker(broker, server);
  await server.listen();
  return { broker, server };
}
