import type { Clock, Logger, Random } from '#platform';
import { invariant } from '#platform';
import type { MessageStore } from '#store';
import type { BrokerCore } from './broker-core.js';
import type { ConfirmedState } from './confirmed-state.js';
import { Deadlines } from './deadlines.js';
import { LeaseTable } from './lease-table.js';
import type { MessageBroker, MessageBrokerCounters } from './message-broker.js';
import { type MessageBrokerOptions, resolveMessageBrokerOptions } from './message-broker.options.js';
import { wakeAllParked } from './park.js';
import { receiveMessages } from './receive-messages.js';
import { refuse } from './refusals.js';
import { sendSets } from './send-sets.js';
import { ackMessages, extendLeases, nackMessages } from './settle.js';
import { StateLog } from './state-log.js';
import { createTopic, describeGroup, describeTopic } from './topics.js';

/** How long `close` waits for what is on its way to the disk. A disk that is full or hangs must not hold up the end of the process. */
const CLOSE_WAIT_MS = 10_000;

/** What a broker is made of. `state.listener` must have been among the listeners that `store` was opened with. */
export interface MessageBrokerParts {
  readonly store: MessageStore;
  readonly state: ConfirmedState;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Makes a broker over an open store. @throws {OptionsError} */
export function createMessageBroker(given: Partial<MessageBrokerOptions>, parts: MessageBrokerParts): MessageBroker {
  const options = resolveMessageBrokerOptions(given);
  const { store, state, clock, random, logger } = parts;
  const core: BrokerCore = {
    options,
    store,
    state,
    clock,
    random,
    logger,
    log: new StateLog(store, state, clock, logger),
    deadlines: new Deadlines(clock),
    leases: new LeaseTable(options.attemptCountMax),
    deliveries: new Map(),
    receiving: new Map(),
    creations: new Map(),
    phase: 'serving',
    pendingSendBytes: 0,
    parkedCount: 0,
  };
  state.onGroupConfirmed((topics) => groupConfirmed(core, topics));
  return brokerOf(core);
}

function groupConfirmed(core: BrokerCore, topics: ReadonlySet<string>): void {
  if (core.parkedCount > 0 && topics.size > 0) {
    // Thousands of groups may wait: only those whose topic got messages are looked at.
    for (const delivery of core.deliveries.values()) if (topics.has(delivery.state.topic)) delivery.wakeParked();
  }
  if (core.phase !== 'serving' || core.log.bytesSinceSnapshot < core.options.snapshotEveryBytes) return;
  // Not from inside the store's own call. `snapshot` runs one at a time and moves the mark when it appends.
  core.clock.afterIo(() => {
    if (core.phase === 'serving') void core.log.snapshot();
  });
}

function brokerOf(core: BrokerCore): MessageBroker {
  const running = new Set<Promise<unknown>>();
  const tracked = <Answer>(operation: Promise<Answer>): Promise<Answer> => {
    running.add(operation);
    const done = () => running.delete(operation);
    operation.then(done, done);
    return operation;
  };
  const drain = () => {
    if (core.phase === 'serving') core.phase = 'draining';
    wakeAllParked(core);
  };
  const closeOnce = async () => {
    drain();
    const isDone = await within(core.clock, CLOSE_WAIT_MS, Promise.allSettled(running));
    core.phase = 'closed';
    // Before the snapshot: a lease that ran out after it would append to a store that its owner closes.
    core.deadlines.clear();
    if (isDone) await core.log.snapshot();
    else core.logger.warn('closed while the disk did not answer', { operationCount: running.size });
  };
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= closeOnce();
    return closing;
  };
  return {
    createTopic: (request) => tracked(createTopic(core, request)),
    send: (sets) => tracked(sendSets(core, sets)),
    receive: (request, signal) => tracked(receiveMessages(core, request, signal)),
    ack: (request) => (core.phase === 'closed' ? refusedClosed() : tracked(ackMessages(core, request))),
    nack: (request) => (core.phase === 'closed' ? refusedClosed() : tracked(nackMessages(core, request))),
    extend: async (request) => (core.phase === 'closed' ? refusedClosed() : extendLeases(core, request)),
    describeTopic: (topic) => describeTopic(core, topic),
    listTopics: () => ({ topics: [...core.state.current.topics.keys()].sort() }),
    describeGroup: (group, topic) => describeGroup(core, group, topic),
    listGroups: () => ({
      groups: [...core.state.current.groups.values()].map(({ group, topic }) => ({ group, topic })),
    }),
    drain,
    close,
    get counters() {
      return countersOf(core);
    },
  };
}

/** Whether `work` ended within `timeoutMs`. */
function within(clock: Clock, timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.schedule(timeoutMs, () => resolve(false));
    void work.then(() => {
      timer.cancel();
      resolve(true);
    });
  });
}

async function refusedClosed() {
  return refuse('draining', 'the broker is closed');
}

function countersOf(core: BrokerCore): MessageBrokerCounters {
  let stalledQueueCount = 0;
  for (const delivery of core.deliveries.values()) {
    for (const queue of delivery.queues) if (queue.isStalled(delivery.endOffset(queue))) stalledQueueCount += 1;
  }
  const { state, leases, parkedCount, pendingSendBytes, deadlines } = core;
  invariant(pendingSendBytes >= 0, 'no more send bytes are taken away than were added');
  return {
    topicCount: state.current.topics.size,
    groupCount: state.current.groups.size,
    leaseCount: leases.count,
    parkedReceiveCount: parkedCount,
    pendingSendBytes,
    deadlineCount: deadlines.count,
    stalledQueueCount,
  };
}
