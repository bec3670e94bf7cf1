import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONSUMER_DEFAULTS } from '#mq-client';
import { MQ_ROUTES } from '#mq-protocol';
import { nodePlatform, silentLogger } from '#platform';
import { SeededRandom } from '#platform/testing';
import { createRpcChannel, type RpcChannel } from '#rpc';
import { checkHistory } from '../history/check-history.js';
import type { Expectations } from '../history/expectations.js';
import { type HistoryWriter, openHistory } from '../history/history-writer.js';
import { readHistories } from '../history/read-history.js';
import type { Verdict } from '../history/verdict.js';
import { type BrokerKind, BrokerProcess, freePort } from './broker-process.js';
import { GroupWatch } from './group-watch.js';
import { type LoadOrder, LoadProcess } from './load-process.js';

/** One run of kills. */
export interface SigkillOptions {
  readonly kind: BrokerKind;
  readonly killCount: number;
  readonly seed: number;
  /** Gets the broker's data and the histories. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** What a run showed. */
export interface SigkillResult {
  readonly verdict: Verdict;
  /** Time from each start of the broker to its first accepted connection, in ms: median and worst. */
  readonly startMs: { readonly median: number; readonly worst: number };
  readonly elapsedMs: number;
}

const TOPIC = 'crash';
const LEASE_MS = 3000;
/** A consumer's answer may be this long under way; taken off the lease where duplicates are explained. */
const ANSWER_MS = 500;
const GROUPS = ['billing', 'audit'] as const;
const CONSUMERS = [
  ['billing', 'billing-1'],
  ['billing', 'billing-2'],
  ['audit', 'audit-1'],
] as const;
const PRODUCERS = ['producer-1', 'producer-2'] as const;
/** The moment of a kill, in ms after load is seen to flow again. */
const KILL_MS = { min: 20, max: 900 };
/** After every third kill the next start is killed too, somewhere in its recovery. */
const INTERRUPT_EVERY = 3;
const START_MS_USUAL = 700;
const FLOW_MS_MAX = 30_000;
const DRAIN_MS_MAX = 60_000;

/** Broker, producers and consumers, each a process; kills; drain; verdict. */
export async function runSigkill(options: SigkillOptions): Promise<SigkillResult> {
  const startedMs = performance.now();
  const run = await startRun(options);
  try {
    await killAgainAndAgain(run, options);
    await drain(run, options);
  } finally {
    await endRun(run);
  }
  const verdict = checkHistory(readHistories(run.historyFolder), expectationsOf(options));
  const sorted = [...run.startTimesMs].sort((a, b) => a - b).map(Math.round);
  const startMs = { median: sorted[sorted.length >> 1] ?? 0, worst: sorted.at(-1) ?? 0 };
  return { verdict, startMs, elapsedMs: Math.round(performance.now() - startedMs) };
}

interface Run {
  readonly historyFolder: string;
  readonly injector: HistoryWriter;
  readonly broker: BrokerProcess;
  readonly channel: RpcChannel;
  readonly startTimesMs: number[];
  readonly producers: LoadProcess[];
  readonly consumers: LoadProcess[];
  readonly watches: GroupWatch[];
}

async function startRun({ kind, folder, seed }: SigkillOptions): Promise<Run> {
  const historyFolder = join(folder, 'history');
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { recursive: true });
  const injector = openHistory(join(historyFolder, 'injector.jsonl'), 'injector');
  const port = await freePort();
  const broker = new BrokerProcess(kind, dataDir, port, injector);
  const startTimesMs = [await broker.start()];
  const platform = nodePlatform({ logger: silentLogger });
  const address = { host: '127.0.0.1', port };
  const channel = createRpcChannel({ address, name: 'injector', reconnect: { minMs: 10, maxMs: 100 } }, platform);
  await channel.call(MQ_ROUTES.createTopic, { topic: TOPIC, queueCount: 4 }, { codec: 'msgpack' });
  const order = (proc: string, group: string): LoadOrder => ({
    ...{ proc, group, port, topic: TOPIC, nonce: `run-${seed}`, leaseMs: LEASE_MS },
    ...{ historyPath: join(historyFolder, `${proc}.jsonl`), sendsPerSecond: 1000, inFlightCountMax: 256 },
  });
  return {
    ...{ historyFolder, injector, broker, channel, startTimesMs },
    consumers: CONSUMERS.map(([group, proc]) => new LoadProcess('consumer', order(proc, group))),
    producers: PRODUCERS.map((proc) => new LoadProcess('producer', order(proc, ''))),
    watches: GROUPS.map((group) => new GroupWatch(channel, group, TOPIC, injector)),
  };
}

/** Kills only while messages flow: a kill of an idle broker proves nothing. */
async function killAgainAndAgain(run: Run, { killCount, seed, say }: SigkillOptions): Promise<void> {
  const random = new SeededRandom(seed);
  for (let kill = 1; kill <= killCount; kill += 1) {
    await flowing(run);
    await sleep(KILL_MS.min + random.integer(KILL_MS.max - KILL_MS.min));
    await run.broker.killedBy((pid) => run.producers[kill % run.producers.length]?.killWhileSending(pid));
    const isInterrupted = kill % INTERRUPT_EVERY === 0;
    if (isInterrupted) await run.broker.interruptStart(random.integer(START_MS_USUAL));
    const startMs = await run.broker.start();
    run.startTimesMs.push(startMs);
    say(
      `kill ${kill}/${killCount}: up again after ${Math.round(startMs)} ms, ${sum(run.producers)} sends ok, ${sum(run.consumers)} deliveries`,
    );
  }
  await flowing(run);
}

/** Every producer and every group moved on since now. */
async function flowing(run: Run): Promise<void> {
  const loads = [...run.producers, ...run.consumers];
  const before = loads.map(({ count }) => count);
  await until('messages flow again', FLOW_MS_MAX, () => loads.every(({ count }, at) => count > (before[at] ?? 0)));
}

/** No more sends; then until the broker says that nothing is left, or long enough nothing came. What is missing then is lost. */
async function drain({ producers, consumers, watches, injector }: Run, { say }: SigkillOptions): Promise<void> {
  await Promise.all(producers.map((producer) => producer.stop()));
  say('producers stopped; draining');
  const isQuiet = () => consumers.every(({ idleMs }) => idleMs > LEASE_MS + 2000);
  const isSettled = () =>
    watches.every(({ lagCount }) => lagCount === 0) && consumers.every(({ idleMs }) => idleMs > 500);
  await until('the groups are drained', DRAIN_MS_MAX, () => isSettled() || isQuiet());
  for (const group of GROUPS) injector.write({ op: 'drain', phase: 'ok', group });
  await Promise.all(consumers.map((consumer) => consumer.stop()));
}

async function endRun({ producers, consumers, watches, channel, broker, injector }: Run): Promise<void> {
  for (const load of [...producers, ...consumers]) load.kill();
  await Promise.all(watches.map((watch) => watch.stop()));
  await channel.close();
  await broker.stop();
  injector.close();
}

function expectationsOf({ killCount }: SigkillOptions): Expectations {
  const consumerCount = CONSUMERS.length;
  return {
    groups: GROUPS.map((group) => ({ group, topic: TOPIC })),
    leaseMs: LEASE_MS - ANSWER_MS,
    sendsOkMin: 200 * killCount,
    okShareMin: 0.5,
    plannedFaults: { 'broker-kill': killCount, 'broker-start': killCount + 1 },
    // A producer strikes when its sends are under way; the kills during a recovery come on top.
    killsInFlightMin: killCount,
    order: 'by-key',
    inFlightCountMax: consumerCount * (CONSUMER_DEFAULTS.prefetchCountMax + CONSUMER_DEFAULTS.unsettledCountMax),
  };
}

function sum(loads: readonly LoadProcess[]): number {
  return loads.reduce((total, { count }) => total + count, 0);
}

async function until(what: string, limitMs: number, condition: () => boolean): Promise<void> {
  const startedMs = performance.now();
  while (!condition()) {
    if (performance.now() - startedMs > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(20);
  }
}
