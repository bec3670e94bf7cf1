import type { Clock, Logger, Random } from '#platform';
import type { MessageStore } from '#store';
import type { ConfirmedState } from './confirmed-state.js';
import type { Deadlines } from './deadlines.js';
import type { GroupDelivery } from './group-delivery.js';
import type { LeaseTable } from './lease-table.js';
import type { MessageBrokerOptions } from './message-broker.options.js';
import type { StateLog } from './state-log.js';

/** What the paths of one broker share. Made by `createMessageBroker`; nothing else makes one. */
export interface BrokerCore {
  readonly options: MessageBrokerOptions;
  readonly store: MessageStore;
  readonly state: ConfirmedState;
  readonly log: StateLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly deadlines: Deadlines;
  readonly leases: LeaseTable;
  /** By `groupKey`; made on first use. */
  readonly deliveries: Map<string, GroupDelivery>;
  /** Receive attempts that are being served, by `attemptKeyOf`: a repeat waits for the one before. Settles when that is answered. */
  readonly receiving: Map<string, Promise<void>>;
  /** Topics and groups that are on their way into the log, so that racing requests make them once. */
  readonly creations: Map<string, Promise<void>>;
  /** `serving` -> `draining` (no new sends and receives) -> `closed`. */
  phase: 'serving' | 'draining' | 'closed';
  /** Bytes of sends that wait for the disk. */
  pendingSendBytes: number;
  /** Receives that wait for messages, of all groups. */
  parkedCount: number;
}
