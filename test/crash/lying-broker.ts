import { bindBroker, createBroker, resolveBrokerOptions } from '#broker';
import { nodePlatform, silentLogger } from '#platform';
import { createRpcServer } from '#rpc';
import { type AckBefore, openLyingMessageStore } from '#store/testing';

/**
 * A broker that acknowledges before it has written, for the one purpose of being found out.
 * Usage: lying-broker <data directory> <port> <none|write|sync>
 */
async function main([dataDir = '', port = '', ackBefore = '']: readonly string[]): Promise<void> {
  const platform = nodePlatform({ logger: silentLogger });
  const options = resolveBrokerOptions({
    dataDir,
    store: { segmentBytes: 16 * 1024 * 1024, entryBytesMax: 1024 * 1024 },
  });
  const lie = ackBefore as AckBefore; // Given by broker-sigkill.ts.
  const broker = await createBroker(options, platform, {
    openStore: (store, world, listener) => openLyingMessageStore(store, world, listener, lie),
  });
  const server = createRpcServer({ port: Number(port) }, platform);
  bindBroker(broker, server);
  await server.listen();
  process.once('SIGTERM', () => {
    broker.drain();
    void server
      .close()
      .then(() => broker.stop())
      .then(() => process.exit(0));
  });
}

await main(process.argv.slice(2));
