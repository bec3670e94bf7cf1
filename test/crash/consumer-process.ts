import { createConsumer } from '#mq-client';
import { nodePlatform, silentLogger } from '#platform';
import { createRpcChannel } from '#rpc';
import { openHistory } from '../history/history-writer.js';
import { proofId, readProof } from '../history/proof-payload.js';
import { recordingChannel } from '../history/recording-channel.js';
import { type LoadOrder, serveLoad } from './load-process.js';

const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder; // Given by LoadProcess.
const { group, topic, leaseMs } = order;
const platform = nodePlatform({ logger: silentLogger });
const history = openHistory(order.historyPath, order.proc);
const channel = createRpcChannel(
  { address: { host: '127.0.0.1', port: order.port }, name: order.proc, reconnect: { minMs: 10, maxMs: 100 } },
  platform,
);
let deliveredCount = 0;

const consumer = createConsumer(
  { group, subscriptions: [{ topic }], startFrom: 'earliest', leaseMs, receiveWaitMs: 1000 },
  (message) => {
    deliveredCount += 1;
    const proof = readProof(message.body);
    const proven = proof === undefined ? { err: 'bytes that prove nothing' } : { id: proofId(proof), crc: proof.crc };
    const { queueId, offset, deliveryAttempt: attempt } = message;
    history.write({ op: 'deliver', phase: 'ok', group, topic, queueId, offset, attempt, ...proven });
  },
  recordingChannel(channel, history),
  platform,
);
consumer.start();

serveLoad(
  () => deliveredCount,
  async () => {
    await consumer.stop();
    await channel.close();
    history.close();
  },
);
