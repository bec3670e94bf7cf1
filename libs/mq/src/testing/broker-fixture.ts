import { encodeMessageSet } from '#message-set';
import type { LeasedRun, ReceiveRequest } from '#mq-protocol';
import { silentLogger } from '#platform';
import { SeededRandom, VirtualClock } from '#platform/testing';
import { type ConfirmedState, createBrokerState } from '../confirmed-state.js';
import { createMessageBroker } from '../create-message-broker.js';
import type { MessageBroker } from '../message-broker.js';
import type { MessageBrokerOptions } from '../message-broker.options.js';
import { isRefused } from '../refusals.js';
import { type FakeDisk, FakeMessageStore, fakeDisk } from './fake-message-store.js';

/** A broker over a fake store and a virtual clock, which a test crashes and starts again on the same disk. */
export class BrokerFixture {
  readonly clock = new VirtualClock();
  readonly random = new SeededRandom('broker fixture');
  state: ConfirmedState;
  store: FakeMessageStore;
  broker: MessageBroker;
  private attempt = 0;

  constructor(
    private readonly options: Partial<MessageBrokerOptions> = {},
    readonly disk: FakeDisk = fakeDisk(),
  ) {
    this.state = createBrokerState();
    this.store = new FakeMessageStore(disk, this.state.listener, () => this.clock.wallMs());
    this.broker = this.makeBroker();
  }

  /** What was not confirmed is forgotten; a new broker replays the rest. */
  restart(): void {
    this.store.isAutomatic = false;
    this.state.onGroupConfirmed(() => {});
    this.state = createBrokerState();
    this.store = new FakeMessageStore(this.disk, this.state.listener, () => this.clock.wallMs());
    this.broker = this.makeBroker();
  }

  /** Sends one set of `count` small messages. */
  send(topic = 'orders', queueId = 0, count = 1): ReturnType<MessageBroker['send']> {
    return this.broker.send([testSet(topic, queueId, count)]);
  }

  /** Receives from queue 0 of `orders` as group `g` unless told otherwise. @throws {Error} when refused. */
  async receive(
    given: Partial<ReceiveRequest> = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<readonly LeasedRun[]> {
    this.attempt += 1;
    const answer = await this.broker.receive({ ...REQUEST, attemptId: `attempt ${this.attempt}`, ...given }, signal);
    if (isRefused(answer)) throw new Error(`refused: ${answer.code} ${answer.message}`);
    return answer.runs;
  }

  /** Acks all of `runs`; gives the outcomes or the refusal's code. */
  async ack(runs: readonly LeasedRun[], group = 'g', topic = 'orders'): Promise<readonly string[]> {
    const answer = await this.broker.ack({ group, topic, items: runs });
    return isRefused(answer) ? [answer.code] : answer.outcomes;
  }

  private makeBroker(): MessageBroker {
    const { store, state, clock, random } = this;
    return createMessageBroker(this.options, { store, state, clock, random, logger: silentLogger });
  }
}

const REQUEST: ReceiveRequest = {
  group: 'g',
  topic: 'orders',
  queueId: 0,
  messageCountMax: 10,
  bytesMax: 1_000_000,
  waitMs: 0,
  visibilityMs: 30_000,
  attemptId: '',
  startFrom: 'earliest',
};

/** A set of `count` messages with small bodies. */
export function testSet(topic: string, queueId: number, count: number, bodyBytes = 8): Buffer {
  const messages = Array.from({ length: count }, (_, index) => ({
    messageId: index.toString(16).padStart(32, '0'),
    type: 'normal' as const,
    bornAtMs: 1,
    bodyEncoding: 'raw' as const,
    body: Buffer.alloc(bodyBytes, index),
  }));
  return encodeMessageSet({
    kind: 'messages',
    topic,
    queueId,
    producerId: 0,
    producerEpoch: 0,
    firstSequence: 0,
    messages,
  });
}

/** Offset and attempt of each leased message, as `offset x attempt`. */
export function leased(runs: readonly LeasedRun[]): string[] {
  return runs.flatMap((run) => run.offsets.map((offset, index) => `${offset}x${run.attempts[index]}`));
}
