import { OptionsError } from '#platform';
import { resolveStoreOptions, storeDefaults } from './store.options.js';

describe('store options', () => {
  it('are the defaults where nothing is given, and frozen', () => {
    const options = resolveStoreOptions({ dataDir: 'data' });
    expect(options).toEqual({ ...storeDefaults, dataDir: 'data' });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it.each([
    ['store.dataDir', { dataDir: '' }],
    ['store.segmentBytes', { segmentBytes: 1024 * 1024 - 4096 }],
    ['store.segmentBytes', { segmentBytes: 1024 * 1024 + 1 }],
    ['store.entryBytesMax', { segmentBytes: 1024 * 1024, entryBytesMax: 2 * 1024 * 1024 }],
    ['store.waitingBytesMax', { waitingBytesMax: 1024 * 1024, entryBytesMax: 2 * 1024 * 1024 }],
    ['store.checkpointIntervalMs', { checkpointIntervalMs: 0 }],
    ['store.minFreeBytes', { minFreeBytes: Number.NaN }],
  ])('name the bad one: %s', (path, given) => {
    let paths: string[] = [];
    try {
      resolveStoreOptions({ dataDir: 'data', ...given });
    } catch (error) {
      if (error instanceof OptionsError) paths = error.problems.map((each) => each.path);
    }
    expect(paths).toEqual([path]);
  });
});
