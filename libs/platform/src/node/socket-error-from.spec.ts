import { socketErrorFrom } from './socket-error-from.js';

describe('socketErrorFrom', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOENT', 'refused'],
    ['EPIPE', 'reset'],
    ['ETIMEDOUT', 'timed-out'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['EADDRNOTAVAIL', 'not-available'],
    ['EACCES', 'denied'],
    ['EMFILE', 'io'],
    [undefined, 'io'],
  ])('%s is %s', (code, expected) => {
    const cause = Object.assign(new Error('the cause'), code === undefined ? {} : { code });
    const error = socketErrorFrom(cause, 'connect to', 'b:1');
    expect(error).toMatchObject({ code: expected, cause });
    expect(error.message).toBe(`[${expected}] connect to b:1: ${code ?? 'the cause'}`);
  });
});
