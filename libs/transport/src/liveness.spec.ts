import { judgeLiveness, type LivenessFacts } from './liveness.js';
import { transportDefaults } from './transport.options.js';

const calm: LivenessFacts = { lastByteMs: 0, pingedMs: -1, halfFrameMs: -1, stalledMs: -1 };

it.each([
  ['a busy connection is left alone', { ...calm, lastByteMs: 95_000 }, 'fine'],
  ['ten silent seconds are worth a ping', { ...calm, lastByteMs: 90_000 }, 'ping'],
  ['one ping is enough', { ...calm, lastByteMs: 86_000, pingedMs: 97_000 }, 'fine'],
  ['four silent seconds after a ping are the end', { ...calm, lastByteMs: 86_000, pingedMs: 96_000 }, 'peer-silent'],
  ['half a frame may take a while', { ...calm, lastByteMs: 99_999, halfFrameMs: 70_001 }, 'fine'],
  ['half a frame may not take for ever', { ...calm, lastByteMs: 99_999, halfFrameMs: 70_000 }, 'half-frame'],
  ['a reader that takes nothing is dropped', { ...calm, lastByteMs: 99_999, stalledMs: 70_000 }, 'slow-reader'],
])('%s', (_title, facts, verdict) => {
  expect(judgeLiveness(facts, 100_000, transportDefaults)).toBe(verdict);
});
