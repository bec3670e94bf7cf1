import { NodeRandom, nodePlatform, silentLogger } from '#platform';
import { openMessageStore } from './open-message-store.js';
import { describeMessageStore } from './testing/describe-message-store.js';
import { smallStore, storeMachine } from './testing/store-under-test.js';

describeMessageStore('in memory', async () => {
  const platform = storeMachine();
  return { open: (listener) => openMessageStore(smallStore(), platform, listener), remove: async () => {} };
});

describeMessageStore('in memory, served from the tail cache', async () => {
  const platform = storeMachine();
  const options = smallStore({ tailCacheBytes: 2 ** 20 });
  return { open: (listener) => openMessageStore(options, platform, listener), remove: async () => {} };
});

describeMessageStore('on the real file system', async () => {
  const platform = nodePlatform({ logger: silentLogger });
  const dataDir = `/tmp/rookery-store-spec-${new NodeRandom().bytes(8).toString('hex')}`;
  const removeAll = async (path: string): Promise<void> => {
    if ((await platform.files.sizeBytes(path)) === undefined) {
      for (const name of await platform.files.list(path)) await removeAll(`${path}/${name}`);
    }
    await platform.files.remove(path);
  };
  return {
    open: (listener) => openMessageStore(smallStore({ dataDir }), platform, listener),
    remove: () => removeAll(dataDir),
  };
});
