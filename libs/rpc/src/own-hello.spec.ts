import { memoryPlatform } from '#platform/testing';
import { encodeHelloFrame } from '#protocol';
import { resolveTransportOptions } from '#transport';
import { createRpcServer } from './index.js';
import { ownHello } from './own-hello.js';

const limits = resolveTransportOptions({});

it('a client shows its secret and its limits', () => {
  expect(ownHello('shop', limits, 'a secret')).toMatchObject({
    name: 'shop',
    token: 'a secret',
    frameBytesMax: limits.frameBytesMax,
  });
});

it('a server answers a greeting without a byte of its own secret', async () => {
  const world = memoryPlatform('own-hello', 'server');
  const secret = 'the secret of the server';
  await createRpcServer({ host: '0.0.0.0', port: 4100, token: secret }, world).listen();
  const heard: Buffer[] = [];
  const socket = await world.machine('client').sockets.connect({ host: 'server', port: 4100 }, { timeoutMs: 1_000 });
  socket.start({ data: (chunk) => void heard.push(chunk), drain() {}, closed() {} });
  socket.write([encodeHelloFrame({ versionMin: 1, versionMax: 1, fields: ownHello('client', limits, secret) })]);
  await world.clock.advance(10);
  const answer = Buffer.concat(heard).toString('latin1');
  expect(answer).toContain('"frameBytes":');
  expect(answer).not.toContain(secret);
});
