import { createConsumer, createProducer, type Producer } from '#mq-client';
import { nodePlatform } from '#platform';
import { createRpcChannel, type RpcChannel } from '#rpc';
import { percentile } from '../statistics.js';

/**
 * Durable sends by `inFlight` closed loops, then a drain of everything by one consumer that acknowledges each message.
 * Arguments: PORT IN_FLIGHT SECONDS. Sends one QueueResult to its parent.
 */
export interface QueueResult {
  readonly sendsPerSecond: number;
  /** Bodies only, 10^6 bytes. */
  readonly megabytesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Messages received, handled and acknowledged. */
  readonly drainedPerSecond: number;
}

const [portText = '4000', inFlightText = '1024', secondsText = '4'] = process.argv.slice(2);
const inFlightCount = Number(inFlightText);
const measureMs = Number(secondsText) * 1000;
const BODY_BYTES = 1024;
const WARM_UP_MS = 1_000;
const DRAIN_COUNT_MAX = 400_000;

const platform = nodePlatform();
const connect = (): RpcChannel =>
  createRpcChannel({ address: { host: '127.0.0.1', port: Number(portText) }, timeoutMs: 30_000 }, platform);
const channel = connect();
const sent = await produce(createProducer({}, channel, platform));
const drainedPerSecond = await drain(Math.min(sent.totalCount, DRAIN_COUNT_MAX));
const result: QueueResult = {
  sendsPerSecond: Math.round(sent.perSecond),
  megabytesPerSecond: (sent.perSecond * BODY_BYTES) / 1e6,
  p50Ms: percentile(sent.latenciesMs, 0.5),
  p99Ms: percentile(sent.latenciesMs, 0.99),
  drainedPerSecond: Math.round(drainedPerSecond),
};
process.send?.(result, () => process.exit(0));

interface Sent {
  readonly perSecond: number;
  readonly totalCount: number;
  readonly latenciesMs: readonly number[];
}

async function produce(producer: Producer): Promise<Sent> {
  const body = Buffer.alloc(BODY_BYTES, 'rookery ');
  const latenciesMs: number[] = [];
  let [totalCount, measuredCount] = [0, 0];
  let phase: 'warm-up' | 'measure' | 'done' = 'warm-up';
  const sender = async (): Promise<void> => {
    while (phase !== 'done') {
      const startedMs = performance.now();
      await producer.send({ topic: 'bench', body, bodyEncoding: 'raw' });
      totalCount += 1;
      if (phase !== 'measure') continue;
      measuredCount += 1;
      if ((measuredCount & 15) === 0 || inFlightCount === 1) latenciesMs.push(performance.now() - startedMs);
    }
  };
  const senders = Array.from({ length: inFlightCount }, sender);
  await platform.clock.sleep(WARM_UP_MS);
  phase = 'measure';
  const startedMs = performance.now();
  await platform.clock.sleep(measureMs);
  phase = 'done';
  const elapsedMs = performance.now() - startedMs;
  await Promise.all(senders);
  await producer.close();
  return {
    perSecond: (measuredCount / elapsedMs) * 1000,
    totalCount,
    latenciesMs: latenciesMs.sort((a, b) => a - b),
  };
}

/** Counts handled messages until `wantedCount`; the clock starts with the first one. */
async function drain(wantedCount: number): Promise<number> {
  let handledCount = 0;
  let startedMs = 0;
  let finish: (elapsedMs: number) => void = () => undefined;
  const done = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const consumer = createConsumer(
    { group: 'bench', subscriptions: [{ topic: 'bench' }], prefetchCountMax: 8192, concurrency: 1024 },
    () => {
      if (handledCount === 0) startedMs = performance.now();
      handledCount += 1;
      if (handledCount === wantedCount) finish(performance.now() - startedMs);
    },
    connect(),
    platform,
  );
  await consumer.start();
  const elapsedMs = await done;
  await consumer.stop();
  return (wantedCount / elapsedMs) * 1000;
}
