import { Logger } from '@nestjs/common';
import { nestLogger } from './nest-logger.js';
import { resolveRookeryClientOptions } from './rookery-client.options.js';
import { resolveRookeryServerOptions } from './rookery-server.options.js';

describe('options', () => {
  it('of a server leave defaults to the RPC server and resolve the drain', () => {
    expect(resolveRookeryServerOptions({ port: 1 }).settings).toEqual({ port: 1, drainTimeoutMs: 10_000 });
    const full = resolveRookeryServerOptions({ auth: { token: 't' }, service: { name: 's' }, shutdownTimeout: '1s' });
    expect(full.settings).toEqual({ token: 't', name: 's', drainTimeoutMs: 1000 });
  });

  it('of a client default to JSON and 5 s, and cannot be changed', () => {
    const options = resolveRookeryClientOptions({ url: 'rookery://h:1' });
    expect(options).toMatchObject({ address: { host: 'h', port: 1 }, codec: 'json', timeoutMs: 5000 });
    expect(Object.isFrozen(options)).toBe(true);
  });
});

describe("Nest's logger", () => {
  it('gets the message and its fields on one line', () => {
    const lines: unknown[] = [];
    Logger.overrideLogger({
      log: (text: unknown) => lines.push(text),
      error() {},
      warn: (text: unknown) => lines.push(text),
    });
    nestLogger('x').info('up');
    nestLogger('x').warn('slow', { ms: 5 });
    Logger.overrideLogger(['error', 'warn', 'log']);
    expect(lines).toEqual(['up', 'slow {"ms":5}']);
  });
});
