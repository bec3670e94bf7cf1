import { OptionsError } from '#platform';
import { resolveTransportOptions, transportDefaults } from './index.js';

it('what is not given is the default, and the result is frozen', () => {
  const options = resolveTransportOptions({ frameBytesMax: 1_000, heartbeatMs: undefined });
  expect(options).toEqual({ ...transportDefaults, frameBytesMax: 1_000 });
  expect(Object.isFrozen(options)).toBe(true);
});

it('every problem is named below the given path', () => {
  const given = Object.assign({ windowCount: 0.5, stallTimeoutMs: -1 }, { heartbeet: 1 });
  const problems = (() => {
    try {
      resolveTransportOptions(given, 'rpc.limits');
    } catch (error) {
      if (error instanceof OptionsError) return error.problems.map((each) => each.path);
    }
    return [];
  })();
  expect(problems).toEqual(['rpc.limits.windowCount', 'rpc.limits.stallTimeoutMs', 'rpc.limits.heartbeet']);
});
