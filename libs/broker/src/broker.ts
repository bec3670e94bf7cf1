import { createBrokerState, createMessageBroker, type MessageBroker } from '#mq';
import type { Platform } from '#platform';
import { createRegistryServer, type RegistryServer } from '#registry';
import { type ConfirmedListener, type MessageStore, openMessageStore, type StoreOptions } from '#store';
import type { BrokerOptions } from './broker.options.js';

/** Why a running broker cannot go on: a write or a sync of the store failed. What was acknowledged is safe; a restart recovers. */
export type BrokerFailure = Error;

/** One broker: the queue and the name server over one store, without a server in front and without Nest. */
export interface Broker {
  readonly messages: MessageBroker;
  readonly registry: RegistryServer;
  /** How long opening the store took, recovery included, in ms. */
  readonly recoveryMs: number;
  /** Resolves with the reason if the store fails while the broker runs; else never. The broker then refuses everything: end the process. */
  readonly failed: Promise<BrokerFailure>;
  /** Refuses new work from now on, answers who waits for messages, ends the watches of services. Operations under way go on. May be called twice. */
  drain(): void;
  /** Drains, finishes what is under way, writes a snapshot and a checkpoint, closes the store. May be called twice. */
  stop(): Promise<void>;
}

/** What tests put in the place of the real parts: a store that lies, for example. */
export interface BrokerParts {
  readonly openStore: (options: StoreOptions, platform: Platform, listener: ConfirmedListener) => Promise<MessageStore>;
}

const REAL_PARTS: BrokerParts = Object.freeze({ openStore: openMessageStore });

/**
 * Opens a broker: the log is recovered and the state replayed before this resolves.
 * @throws {StoreError} 'in-use' with the holder, 'damaged', 'newer-format'; {FileSystemError} when the directory cannot be used.
 */
export async function createBroker(
  options: BrokerOptions,
  platform: Platform,
  parts: Partial<BrokerParts> = {},
): Promise<Broker> {
  const { openStore } = { ...REAL_PARTS, ...parts };
  const startedMs = platform.clock.monotonicMs();
  // The state comes first: the store replays the log into it while it opens.
  const state = createBrokerState();
  const store = await openStore(options.store, platform, state.listener);
  const { clock, random, logger } = platform;
  const messages = createMessageBroker(options.mq, { store, state, clock, random, logger });
  const registry = createRegistryServer(options.registry, platform);
  const recoveryMs = platform.clock.monotonicMs() - startedMs;
  return new OpenBroker(messages, registry, store, recoveryMs);
}

class OpenBroker implements Broker {
  private stopping: Promise<void> | undefined;

  constructor(
    readonly messages: MessageBroker,
    readonly registry: RegistryServer,
    private readonly store: MessageStore,
    readonly recoveryMs: number,
  ) {}

  get failed(): Promise<BrokerFailure> {
    return this.store.failed;
  }

  drain(): void {
    // Watches have no end of their own: left open they would hold up every server that waits for its running calls.
    this.registry.stop();
    this.messages.drain();
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  /** The one place that knows the order. Each step needs the ones below it in the list still running. */
  private async stopInOrder(): Promise<void> {
    this.drain();
    await this.messages.close(); // What is under way, then a snapshot.
    await this.store.close(); // What waits for the disk, then the checkpoint; the lock goes last.
  }
}
