import { createConsumer, createProducer, MqError, type Producer } from '#mq-client';
import { MQ_ROUTES, parseGroupDescription } from '#mq-protocol';
import type { UnsyncedFate } from '#platform/testing';
import type { RpcChannel } from '#rpc';
import type { AckBefore } from '#store/testing';
import { checkHistory } from '../history/check-history.js';
import type { Expectations } from '../history/expectations.js';
import type { HistoryWriter } from '../history/history-writer.js';
import { payloadCrc, proofId, proofPayload, readProof } from '../history/proof-payload.js';
import { recordingChannel } from '../history/recording-channel.js';
import type { Verdict } from '../history/verdict.js';
import { PowerCutWorld } from './power-cut-world.js';

/** One simulated run. */
export interface PowerCutOptions {
  readonly seed: number;
  readonly ackBefore: AckBefore;
  readonly cutCount: number;
  /**
   * What becomes of bytes that were not synced. `by-seed` keeps some and drops some: of a broker that lies about its syncs the store itself then
   * finds a hole and refuses to start, so the checker is shown with `lost`.
   */
  readonly fate: UnsyncedFate;
}

const TOPIC = 'orders';
const GROUPS = ['billing', 'audit'] as const;
const CONSUMERS = [
  ['billing', 'billing-1'],
  ['billing', 'billing-2'],
  ['audit', 'audit-1'],
] as const;
const LEASE_MS = 2000;
const SEND_EVERY_MS = 3;
const IN_FLIGHT_MAX = 200;
const CUT_MS = { min: 40, max: 400 };
const DRAIN_MS_MAX = 60_000;
const IN_FLIGHT_BOUND = CONSUMERS.length * 20_000;

/** Producers, consumers and power cuts, all in one process on a virtual clock: the same seed gives the same verdict. */
export async function runPowerCut({ seed, ackBefore, cutCount, fate }: PowerCutOptions): Promise<Verdict> {
  const world = new PowerCutWorld(seed, ackBefore);
  const { clock, random } = world.clients;
  await during(world, world.boot());
  const admin = world.channel('admin');
  await during(world, admin.call(MQ_ROUTES.createTopic, { topic: TOPIC, queueCount: 2 }, { codec: 'msgpack' }));
  const stopConsumers = CONSUMERS.map(([group, proc]) => startConsumer(world, group, proc));
  const load = startLoad(world);
  const moments = random.fork('cuts');
  for (let cut = 0; cut < cutCount; cut += 1) {
    await clock.advance(CUT_MS.min + moments.integer(CUT_MS.max - CUT_MS.min));
    world.cutPower(fate);
    await during(world, world.boot());
  }
  await clock.advance(CUT_MS.max);
  await during(world, load.stop());
  await during(world, drained(world, admin));
  for (const group of GROUPS) world.injector.write({ op: 'drain', phase: 'ok', group });
  await during(world, Promise.all(stopConsumers.map((stop) => stop())));
  return checkHistory(world.events, expectationsOf(cutCount));
}

/** Lets virtual time pass until `work` is done. */
async function during<Result>(world: PowerCutWorld, work: Promise<Result>): Promise<Result> {
  let isDone = false;
  const ended = work.finally(() => {
    isDone = true;
  });
  // A failure is thrown below; until then it must not count as unheard.
  ended.catch(() => {});
  await world.clients.clock.runUntil(() => isDone, 2 * DRAIN_MS_MAX);
  return ended;
}

function startConsumer(world: PowerCutWorld, group: string, proc: string): () => Promise<void> {
  const history = world.history(proc);
  const channel = recordingChannel(world.channel(proc), history);
  const settings = { group, subscriptions: [{ topic: TOPIC }], startFrom: 'earliest', leaseMs: LEASE_MS } as const;
  const consumer = createConsumer(
    { ...settings, receiveWaitMs: 500 },
    async (message) => {
      const proof = readProof(message.body);
      const proven = proof === undefined ? {} : { id: proofId(proof), crc: proof.crc };
      const { topic, queueId, offset, deliveryAttempt: attempt } = message;
      history.write({ op: 'deliver', phase: 'ok', group, topic, queueId, offset, attempt, ...proven });
      await world.clients.clock.sleep(world.clients.random.integer(20));
    },
    channel,
    world.clients,
  );
  consumer.start();
  return () => consumer.stop();
}

/** Sends at a steady pace until it is stopped. Every second message has an ordering key. */
function startLoad(world: PowerCutWorld): { stop(): Promise<void> } {
  const history = world.history('producer');
  const producer = createProducer({ sendTimeoutMs: 5000 }, world.channel('producer'), world.clients);
  const inFlight = new Set<Promise<void>>();
  let isStopped = false;
  let seq = 0;
  const tick = (): void => {
    if (isStopped) return;
    if (inFlight.size < IN_FLIGHT_MAX) {
      const sending = sendOne(producer, history, seq++);
      inFlight.add(sending);
      void sending.then(() => inFlight.delete(sending));
    }
    world.clients.clock.schedule(SEND_EVERY_MS, tick);
  };
  tick();
  return {
    async stop() {
      isStopped = true;
      await Promise.all(inFlight);
      await producer.close();
    },
  };
}

async function sendOne(producer: Producer, history: HistoryWriter, seq: number): Promise<void> {
  const key = seq % 2 === 0 ? `key-${seq % 10}` : undefined;
  const body = proofPayload({ producer: 'producer', seq, key: key ?? '', nonce: 'simulation' });
  const id = proofId({ producer: 'producer', seq });
  const keyed = key === undefined ? {} : { key };
  history.write({ op: 'send', phase: 'invoke', id, topic: TOPIC, crc: payloadCrc(body), ...keyed });
  try {
    const { queueId, offset } = await producer.send({ topic: TOPIC, body, bodyEncoding: 'raw', orderingKey: key });
    history.write({ op: 'send', phase: 'ok', id, topic: TOPIC, queueId, offset });
  } catch (error) {
    if (!(error instanceof MqError)) throw error;
    history.write({ op: 'send', phase: error.outcome === 'failed' ? 'fail' : 'info', id, err: error.message });
  }
}

/** Until the broker says that both groups settled everything, twice in a row, so that nothing is under way; writes their floors down. */
async function drained(world: PowerCutWorld, admin: RpcChannel): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    await world.clients.clock.sleep(200);
    let lag = 0;
    for (const group of GROUPS) {
      const answer = await admin.call(MQ_ROUTES.describeGroup, { group, topic: TOPIC }, { codec: 'msgpack' });
      for (const { queueId, floorOffset, lagCount } of parseGroupDescription(answer).queues) {
        lag += lagCount;
        world.injector.write({ op: 'progress', phase: 'ok', group, topic: TOPIC, queueId, offset: floorOffset });
      }
    }
    quiet = lag === 0 ? quiet + 1 : 0;
  }
}

function expectationsOf(cutCount: number): Expectations {
  return {
    groups: GROUPS.map((group) => ({ group, topic: TOPIC })),
    leaseMs: LEASE_MS - 100,
    sendsOkMin: 10 * cutCount,
    okShareMin: 0.5,
    plannedFaults: { 'power-cut': cutCount, 'broker-start': cutCount + 1 },
    killsInFlightMin: Math.ceil(cutCount / 2),
    order: 'by-key',
    inFlightCountMax: IN_FLIGHT_BOUND,
  };
}
