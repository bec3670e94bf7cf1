import { memoryPlatform } from './memory-platform.js';

describe('memoryPlatform', () => {
  it('two machines share time and network, not disks, logs or chance', async () => {
    const a = memoryPlatform(1, 'a');
    const b = a.machine('b');
    expect(b.clock).toBe(a.clock);
    expect(a.random.integer(2 ** 40)).not.toBe(b.random.integer(2 ** 40));
    await (await a.files.open('/only-a', { access: 'create' })).close();
    expect(await b.files.list('/')).toEqual([]);
    b.logger.info('hello', { from: 'b' });
    expect([a.logger.records, b.logger.records]).toEqual([
      [],
      [{ level: 'info', message: 'hello', fields: { from: 'b' } }],
    ]);
    await b.sockets.listen({ host: 'b', port: 1 }, (socket) => socket.destroy());
    const socket = await a.sockets.connect({ host: 'b', port: 1 }, { timeoutMs: 10 });
    expect(socket.remote).toBe('b:1');
  });

  it('the same seed gives the same world', () => {
    const [first, second] = [memoryPlatform('x'), memoryPlatform('x')];
    expect(first.random.bytes(8).equals(second.random.bytes(8))).toBe(true);
  });
});
