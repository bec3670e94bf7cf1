import { createProducer, MqError } from '#mq-client';
import { nodePlatform, silentLogger } from '#platform';
import { createRpcChannel } from '#rpc';
import { openHistory } from '../history/history-writer.js';
import { payloadCrc, proofId, proofPayload } from '../history/proof-payload.js';
import { type LoadOrder, serveLoad } from './load-process.js';

const TICK_MS = 10;
const KEY_COUNT = 64;
const BODY_BYTES = 256;

const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder; // Given by LoadProcess.
const platform = nodePlatform({ logger: silentLogger });
const channel = createRpcChannel(
  { address: { host: '127.0.0.1', port: order.port }, name: order.proc, reconnect: { minMs: 10, maxMs: 100 } },
  platform,
);
const producer = createProducer({}, channel, platform);
const history = openHistory(order.historyPath, order.proc);
const { topic } = order;
const inFlight = new Set<Promise<void>>();
let seq = 0;
let okCount = 0;

/** Every second message has an ordering key: it must keep its order whatever happens to its queue. */
async function sendNext(): Promise<void> {
  const own = seq++;
  const key = own % 2 === 0 ? `key-${(own / 2) % KEY_COUNT}` : undefined;
  const body = proofPayload({ producer: order.proc, seq: own, key: key ?? '', nonce: order.nonce }, BODY_BYTES);
  const id = proofId({ producer: order.proc, seq: own });
  history.write({ op: 'send', phase: 'invoke', id, topic, crc: payloadCrc(body), ...(key !== undefined && { key }) });
  try {
    const { queueId, offset } = await producer.send({ topic, body, bodyEncoding: 'raw', orderingKey: key });
    okCount += 1;
    history.write({ op: 'send', phase: 'ok', id, topic, queueId, offset });
  } catch (error) {
    if (!(error instanceof MqError)) throw error;
    history.write({ op: 'send', phase: error.outcome === 'failed' ? 'fail' : 'info', id, err: error.message });
  }
}

const ticks = setInterval(() => {
  for (let left = Math.ceil((order.sendsPerSecond * TICK_MS) / 1000); left > 0; left -= 1) {
    if (inFlight.size >= order.inFlightCountMax) return;
    const sending = sendNext();
    inFlight.add(sending);
    void sending.then(() => inFlight.delete(sending));
  }
}, TICK_MS);

/** Kills process `pid` while sends of this process are under way. Only the sender knows such a moment; from outside it would be luck. */
function killWhileSending(pid: number): void {
  // A turn after they began they have left this process.
  setImmediate(() => {
    if (inFlight.size === 0) {
      killWhileSending(pid);
      return;
    }
    history.write({ op: 'fault', phase: 'invoke', fault: 'broker-kill' });
    process.kill(pid, 'SIGKILL');
    history.write({ op: 'fault', phase: 'ok', fault: 'broker-kill' });
  });
}

serveLoad(
  () => okCount,
  async () => {
    clearInterval(ticks);
    await Promise.all(inFlight);
    await producer.close();
    await channel.close();
    history.close();
  },
  killWhileSending,
);
