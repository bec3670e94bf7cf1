import { OptionsError } from './options-error.js';

describe('OptionsError', () => {
  it('the message names every problem with its path', () => {
    const error = new OptionsError([
      { path: 'store.segmentBytes', problem: '1000 is not a multiple of 4096' },
      { path: 'listen.port', problem: '-1 is not in [0, 65535]' },
    ]);
    expect(error.code).toBe('bad-options');
    expect(error.message).toBe(
      '[bad-options] store.segmentBytes: 1000 is not a multiple of 4096; listen.port: -1 is not in [0, 65535]',
    );
  });
});
