import { NodeClock } from './node-clock.js';
import { NodeFileSystem } from './node-file-system.js';
import { nodePlatform } from './node-platform.js';

describe('nodePlatform', () => {
  it('is the real world, but for what is replaced', () => {
    const clock = new NodeClock();
    const platform = nodePlatform({ clock });
    expect(platform.clock).toBe(clock);
    expect(platform.files).toBeInstanceOf(NodeFileSystem);
    expect(Object.isFrozen(platform)).toBe(true);
  });
});
