import { bindBroker, createBroker, resolveBrokerOptions } from '#broker';
import type { Platform } from '#platform';
import { MemoryFileSystem, type MemoryPlatform, memoryPlatform, type UnsyncedFate } from '#platform/testing';
import { createRpcChannel, createRpcServer, type RpcChannel } from '#rpc';
import { type AckBefore, openLyingMessageStore } from '#store/testing';
import type { HistoryEvent } from '../history/history-event.js';
import { type HistoryWriter, memoryHistory } from '../history/history-writer.js';

const HOST = 'broker-host';
const PORT = 4000;
const MIB = 1024 * 1024;
/** Disk operations and messages on the wire take their time, so that a cut finds something half done. */
const DISK_MS_MAX = 4;
const WIRE_MS = { minMs: 0.05, maxMs: 1.5 };

/** One machine with a broker on it, whose power can be cut, and the clients' machine; all of it on a virtual clock, from one seed. */
export class PowerCutWorld {
  readonly events: HistoryEvent[] = [];
  readonly injector: HistoryWriter;
  readonly clients: MemoryPlatform;
  private readonly machine: Platform & { readonly files: MemoryFileSystem };

  constructor(
    seed: number,
    private readonly ackBefore: AckBefore,
  ) {
    this.clients = memoryPlatform(seed, 'clients');
    const { clock, network, random } = this.clients;
    network.setLatency('clients', HOST, WIRE_MS);
    const files = new MemoryFileSystem(random.fork('broker disk'), { latency: { clock, maxMs: DISK_MS_MAX } });
    this.machine = { ...this.clients.machine(HOST), files };
    this.injector = this.history('injector');
  }

  history(proc: string): HistoryWriter {
    return memoryHistory(this.events, proc, this.clients.clock);
  }

  channel(name: string): RpcChannel {
    const address = { host: HOST, port: PORT };
    return createRpcChannel({ address, name, reconnect: { minMs: 5, maxMs: 50 } }, this.clients);
  }

  /** Recovers and listens. */
  async boot(): Promise<void> {
    const store = { segmentBytes: MIB, entryBytesMax: MIB / 2, minFreeBytes: 0 };
    const broker = await createBroker(resolveBrokerOptions({ dataDir: '/data', store }), this.machine, {
      openStore: (options, platform, listener) => openLyingMessageStore(options, platform, listener, this.ackBefore),
    });
    const server = createRpcServer({ host: HOST, port: PORT }, this.machine);
    bindBroker(broker, server);
    await server.listen();
    this.injector.write({ op: 'fault', phase: 'ok', fault: 'broker-start' });
  }

  /** The power goes, and comes back at once: what the broker did not sync meets its fate, and its sockets are gone. The old broker talks to nobody. */
  cutPower(fate: UnsyncedFate): void {
    this.injector.write({ op: 'fault', phase: 'invoke', fault: 'power-cut' });
    this.clients.network.kill(HOST);
    this.machine.files.crash(fate);
    this.injector.write({ op: 'fault', phase: 'ok', fault: 'power-cut' });
  }
}
