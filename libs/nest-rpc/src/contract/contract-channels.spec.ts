import { defineContract, method } from '#rpc';
import { ContractChannels } from './contract-channels.js';
import { httpStatusCode } from './http-status-code.js';
import { injectionPoints, injectionToken } from './injection-points.js';

const one = defineContract('one', { get: method<string, string>() });
const two = defineContract('two', { get: method<string, string>() });

describe('the channels of an application', () => {
  it('are one per address, shared by contracts, and made without a connection', async () => {
    const channels = new ContractChannels({ url: 'rookery://127.0.0.1:1' });
    expect(channels.channel(one, undefined)).toBe(channels.channel(two, undefined));
    expect(channels.channel(one, 'rookery://127.0.0.1:2')).not.toBe(channels.channel(one, undefined));
    expect(channels.channel(one, undefined).status).toBe('idle');
    await channels.onApplicationShutdown();
  });

  it('refuse a url that is none, by its path', () => {
    expect(() => new ContractChannels({}).channel(one, 'http://x')).toThrow(/rpc\.one\.url/);
  });
});

describe('injection points', () => {
  it('share a token for equal policies, and say what to import', () => {
    const plain = injectionToken(one, undefined);
    const quick = injectionToken(one, { timeout: '1s' });
    expect(injectionToken(one, { timeout: '1s' })).toBe(quick);
    expect(injectionPoints(one).map((each) => each.token)).toEqual([plain, quick]);
    expect(plain).toMatch(/RpcModule\.forFeature/);
    expect(() => injectionToken(one, { timeout: -1 })).toThrow(/RpcClient\(one\)\.policy\.timeout/);
  });
});

describe('an HTTP status', () => {
  it.each([
    [404, 'NOT_FOUND'],
    [418, 'FAILED_PRECONDITION'],
    [500, 'INTERNAL'],
  ] as const)('%d means %s', (status, code) => expect(httpStatusCode(status)).toBe(code));
});
