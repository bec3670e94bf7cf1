import { NodeClock } from '../node/node-clock.js';
import { type SocketError } from '../socket-error.js';
import { type Socket } from '../sockets.js';
import { describeSockets } from '../testing/describe-sockets.js';
import { MemoryNetwork } from './memory-network.js';
import { SeededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

for (const maxMs of [0, 2]) {
  describeSockets(`MemoryNetwork with latencies up to ${maxMs} ms`, async () => {
    const clock = new NodeClock();
    const random = new SeededRandom('contract');
    const network = new MemoryNetwork(clock, random, { latency: { minMs: 0, maxMs } });
    return { sockets: network.host('host'), clock, path: '/run/rookery.sock', dispose: async () => {} };
  });
}

class Heard {
  readonly sizes: number[] = [];
  text = '';
  readonly closings: (SocketError | undefined)[] = [];
  constructor(readonly socket: Socket) {
    socket.start({
      data: (chunk) => {
        this.sizes.push(chunk.length);
        this.text += chunk.toString('latin1');
      },
      drain() {},
      closed: (error) => this.closings.push(error),
    });
  }
}

const AT = { host: 'b', port: 4100 };

/** Machines a and b with a connection from a to b, on a virtual clock. */
async function connected(seed: number | string = 1, latency = { minMs: 1, maxMs: 5 }) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock, new SeededRandom(seed), { latency });
  const accepted: Heard[] = [];
  const listener = await network.host('b').listen(AT, (socket) => accepted.push(new Heard(socket)));
  const connecting = network
    .host('a')
    .connect(AT, { timeoutMs: 1000 })
    .then((socket) => new Heard(socket));
  await clock.advance(200);
  const near = await connecting;
  const far = accepted[0];
  if (far === undefined) throw new Error('nothing was accepted');
  return { clock, network, listener, near, far, accepted };
}

const connect = async (network: MemoryNetwork, clock: VirtualClock, from: string) => {
  let outcome = 'pending';
  network
    .host(from)
    .connect(AT, { timeoutMs: 1000 })
    .then(
      () => {
        outcome = 'connected';
      },
      (error: SocketError) => {
        outcome = error.code;
      },
    );
  await clock.advance(1100);
  return outcome;
};

describe('MemoryNetwork', () => {
  it('bytes take the time of the link and arrive in random pieces, the same for the same seed', async () => {
    const run = async (seed: number) => {
      const { clock, near, far } = await connected(seed, { minMs: 10, maxMs: 20 });
      near.socket.write([Buffer.alloc(5000, 'x')]);
      await clock.advance(9);
      expect(far.text).toBe('');
      await clock.advance(11);
      expect(far.text.length).toBe(5000);
      return far.sizes;
    };
    const sizes = await run(1);
    expect(sizes.length).toBeGreaterThan(1);
    expect(await run(1)).toEqual(sizes);
    expect(await run(2)).not.toEqual(sizes);
  });

  it('random latencies never change the order', async () => {
    const { clock, near, far } = await connected('order', { minMs: 0, maxMs: 50 });
    let sent = '';
    for (let index = 0; index < 200; index++) {
      sent += `${index},`;
      near.socket.write([Buffer.from(`${index},`)]);
      await clock.advance(1);
    }
    await clock.advance(100);
    expect(far.text).toBe(sent);
  });

  it('a cut resets both ends once and refuses new connections until it heals', async () => {
    const { clock, network, near, far } = await connected();
    near.socket.write([Buffer.from('lost')]);
    network.cut('a', 'b');
    await clock.advance(100);
    expect([near.closings, far.closings].map((each) => each.map((error) => error?.code))).toEqual([
      ['reset'],
      ['reset'],
    ]);
    expect(far.text).toBe('');
    expect(await connect(network, clock, 'a')).toBe('unreachable');
    expect(await connect(network, clock, 'c')).toBe('connected');
    network.heal('a', 'b');
    expect(await connect(network, clock, 'a')).toBe('connected');
  });

  it('a half-open link swallows bytes and ends, tells nobody, and times new connections out', async () => {
    const { clock, network, near, far } = await connected();
    network.halfOpen('b', 'a');
    expect(near.socket.write([Buffer.from('into the void')])).toBe(true);
    far.socket.destroy();
    await clock.advance(60_000);
    expect([far.text, near.closings]).toEqual(['', []]);
    expect(await connect(network, clock, 'a')).toBe('timed-out');
  });

  it('a half-open link that heals delivers what it held, in order and without a hole', async () => {
    const { clock, network, near, far } = await connected();
    near.socket.write([Buffer.from('before ')]);
    await clock.advance(10);
    network.halfOpen('a', 'b');
    for (const word of ['one ', 'two ', 'three']) near.socket.write([Buffer.from(word)]);
    await clock.advance(5000);
    expect(far.text).toBe('before ');
    network.heal('a', 'b');
    await clock.advance(50);
    expect(far.text).toBe('before one two three');
  });

  it('a sender into a half-open link is held back when the buffers are full', async () => {
    const { clock, network, near } = await connected();
    network.halfOpen('a', 'b');
    let accepted = 0;
    for (let count = 0; count < 1000 && near.socket.write([Buffer.alloc(10_000)]); count++) {
      accepted += 10_000;
      await clock.advance(10);
    }
    expect(accepted).toBeLessThan(300_000);
  });

  it('a killed process calls nobody any more, its peers are reset, its port is free', async () => {
    const { clock, network, near, far } = await connected();
    near.socket.write([Buffer.from('too late')]);
    network.kill('b');
    await clock.advance(100);
    expect([far.text, far.closings]).toEqual(['', []]);
    expect(near.closings.map((error) => error?.code)).toEqual(['reset']);
    expect(await connect(network, clock, 'a')).toBe('refused');
    await network.host('b').listen(AT, () => {});
    expect(await connect(network, clock, 'a')).toBe('connected');
  });

  it('a host that does not exist is unreachable, and a loopback listener is for its own host', async () => {
    const clock = new VirtualClock();
    const network = new MemoryNetwork(clock, new SeededRandom(1));
    expect(await connect(network, clock, 'a')).toBe('unreachable');
    await network.host('b').listen({ host: '127.0.0.1', port: 4100 }, () => {});
    expect(await connect(network, clock, 'a')).toBe('refused');
    expect(await connect(network, clock, 'b')).toBe('connected');
  });

  it('without latency bytes arrive without the clock moving', async () => {
    const { clock, near, far } = await connected(1, { minMs: 0, maxMs: 0 });
    near.socket.write([Buffer.from('now')]);
    await clock.settle();
    expect(far.text).toBe('now');
  });

  it('a clean end leaves no timer behind', async () => {
    const { clock, near, far } = await connected();
    near.socket.end();
    await clock.advance(100);
    expect([near.closings, far.closings, clock.scheduledCount()]).toEqual([[undefined], [undefined], 0]);
  });
});
