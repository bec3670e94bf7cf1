import type { Clock } from '../clock.js';
import { SocketError } from '../socket-error.js';
import { type Listener, type Socket, type SocketAddress, type Sockets } from '../sockets.js';

/** A network under test, in real time. */
export interface SocketsUnderTest {
  readonly sockets: Sockets;
  readonly clock: Clock;
  /** Path for a Unix socket that does not exist yet. */
  readonly path: string;
  dispose(): Promise<void>;
}

/** What a socket has told a test so far. */
class Heard {
  readonly chunks: Buffer[] = [];
  drainCount = 0;
  readonly closings: (SocketError | undefined)[] = [];

  constructor(readonly socket: Socket) {
    socket.start({
      data: (chunk) => this.chunks.push(chunk),
      drain: () => this.drainCount++,
      closed: (error) => this.closings.push(error),
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

interface Pair {
  readonly near: Heard;
  readonly far: Heard;
}

interface Context {
  world(): SocketsUnderTest;
  listen(at?: SocketAddress, onSocket?: (socket: Socket) => void): Promise<Listener>;
  /** Two connected sockets. */
  pair(at?: SocketAddress): Promise<Pair>;
  until(condition: () => boolean): Promise<void>;
}

const LOOPBACK = { host: '127.0.0.1', port: 0 };

/** What every Sockets does. Runs in Jest; `make` is called before each test. */
export function describeSockets(name: string, make: () => Promise<SocketsUnderTest>): void {
  describe(`${name} as Sockets`, () => {
    let world: SocketsUnderTest;
    const listeners: Listener[] = [];
    const sockets: Socket[] = [];
    beforeEach(async () => {
      world = await make();
    });
    afterEach(async () => {
      for (const socket of sockets.splice(0)) socket.destroy();
      for (const listener of listeners.splice(0)) await listener.close();
      await world.dispose();
    });

    const listen: Context['listen'] = async (at = LOOPBACK, onSocket = (socket) => void new Heard(socket)) => {
      const listener = await world.sockets.listen(at, (socket) => {
        sockets.push(socket);
        onSocket(socket);
      });
      listeners.push(listener);
      return listener;
    };
    const until: Context['until'] = async (condition) => {
      for (let turn = 0; turn < 5000 && !condition(); turn++) await world.clock.sleep(1);
      if (!condition()) throw new Error(`never true: ${condition}`);
    };
    const pair: Context['pair'] = async (at = LOOPBACK) => {
      const accepted: Heard[] = [];
      const listener = await listen(at, (socket) => accepted.push(new Heard(socket)));
      const near = new Heard(await world.sockets.connect(listener.address, { timeoutMs: 2000 }));
      sockets.push(near.socket);
      await until(() => accepted.length > 0);
      const far = accepted[0];
      if (far === undefined) throw new Error('nothing was accepted');
      return { near, far };
    };
    const context: Context = { world: () => world, listen, pair, until };
    describeAddresses(context);
    describeStream(context);
    describeBackPressure(context);
    describeEndings(context);
  });
}

function describeAddresses({ world, listen, pair, until }: Context): void {
  it('port 0 becomes a real port, and two listeners get two', async () => {
    const [a, b] = [await listen(), await listen()];
    expect(a.address).not.toEqual(b.address);
    expect(a.address).not.toEqual(LOOPBACK);
  });

  it('an address in use is refused to the second listener', async () => {
    const { address } = await listen();
    expect(await codeOf(listen(address))).toBe('in-use');
  });

  it('an address of another machine is not available', async () => {
    expect(await codeOf(listen({ host: '192.0.2.1', port: 0 }))).toBe('not-available');
  });

  it('nobody listens: refused', async () => {
    const listener = await listen();
    await listener.close();
    expect(await codeOf(world().sockets.connect(listener.address, { timeoutMs: 2000 }))).toBe('refused');
    expect(await codeOf(world().sockets.connect({ path: world().path }, { timeoutMs: 2000 }))).toBe('refused');
  });

  it('a closed listener frees its address and keeps its sockets', async () => {
    const accepted: Heard[] = [];
    const listener = await listen(LOOPBACK, (socket) => accepted.push(new Heard(socket)));
    const near = new Heard(await world().sockets.connect(listener.address, { timeoutMs: 2000 }));
    await until(() => accepted.length === 1);
    await listener.close();
    await listener.close();
    await listen(listener.address);
    near.socket.write([Buffer.from('still here')]);
    await until(() => accepted[0]?.bytes.toString() === 'still here');
    near.socket.destroy();
  });

  it('a Unix path carries bytes, and may be used again after close', async () => {
    const at = { path: world().path };
    const { near, far } = await pair(at);
    near.socket.write([Buffer.from('hello')]);
    await until(() => far.bytes.toString() === 'hello');
    expect(near.socket.remote).toBe(at.path);
    expect(await codeOf(listen(at))).toBe('in-use');
  });

  it('the remote side of a TCP socket is a host and a port', async () => {
    const { near, far } = await pair();
    expect(near.socket.remote).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(far.socket.remote).toMatch(/^.+:\d+$/);
  });
}

function describeStream({ pair, until }: Context): void {
  it('chunks arrive in order, whatever their number and size', async () => {
    const { near, far } = await pair();
    const chunks = Array.from({ length: 300 }, (_, index) => Buffer.alloc(index % 50 === 0 ? 3000 : index % 7, index));
    for (let at = 0; at < chunks.length; at += 30) near.socket.write(chunks.slice(at, at + 30));
    const whole = Buffer.concat(chunks);
    await until(() => far.bytes.length >= whole.length);
    expect(far.bytes.equals(whole)).toBe(true);
  });

  it('both directions flow at once', async () => {
    const { near, far } = await pair();
    near.socket.write([Buffer.from('ping')]);
    far.socket.write([Buffer.from('pong')]);
    await until(() => near.bytes.length === 4 && far.bytes.length === 4);
    expect([near.bytes.toString(), far.bytes.toString()]).toEqual(['pong', 'ping']);
  });

  it('a received chunk belongs to the receiver', async () => {
    const { near, far } = await pair();
    const sent = Buffer.from('original');
    near.socket.write([sent]);
    await until(() => far.bytes.length === 8);
    for (const chunk of far.chunks) chunk.fill(0);
    expect(sent.toString()).toBe('original');
    near.socket.write([Buffer.from('more')]);
    await until(() => far.bytes.length === 12);
    expect(far.bytes.subarray(0, 8).equals(Buffer.alloc(8))).toBe(true);
  });

  it('bytes sent before start are delivered after it', async () => {
    const { near, far } = await pair();
    far.socket.pause();
    near.socket.write([Buffer.from('early')]);
    far.socket.resume();
    await until(() => far.bytes.toString() === 'early');
  });
}

function describeBackPressure({ world, pair, until }: Context): void {
  it('write says false past the high-water mark, and drain follows when all is taken', async () => {
    const { near, far } = await pair();
    expect(near.socket.write([Buffer.alloc(10)])).toBe(true);
    const big = Buffer.alloc(16 * 1024 * 1024, 7);
    expect(near.socket.write([big])).toBe(false);
    expect(near.socket.bufferedBytes).toBeGreaterThanOrEqual(64 * 1024);
    await until(() => near.drainCount === 1);
    expect(near.socket.bufferedBytes).toBe(0);
    await until(() => far.bytes.length === big.length + 10);
  });

  it('a paused receiver holds the sender back, and nothing is lost', async () => {
    const { near, far } = await pair();
    far.socket.pause();
    const chunk = Buffer.alloc(1024 * 1024, 3);
    for (let count = 0; count < 24; count++) near.socket.write([chunk]);
    await world().clock.sleep(30);
    const heldBytes = far.bytes.length;
    expect(heldBytes).toBeLessThan(1024 * 1024);
    expect(near.drainCount).toBe(0);
    expect(near.socket.bufferedBytes).toBeGreaterThan(1024 * 1024);
    far.socket.resume();
    await until(() => far.bytes.length === 24 * chunk.length);
    expect(near.drainCount).toBe(1);
  });
}

function describeEndings({ world, pair, until }: Context): void {
  it('end sends what is buffered, and both sides close once without an error', async () => {
    const { near, far } = await pair();
    near.socket.write([Buffer.alloc(500_000, 1)]);
    near.socket.end();
    await until(() => near.closings.length > 0 && far.closings.length > 0);
    expect(far.bytes.length).toBe(500_000);
    await world().clock.sleep(5);
    expect([near.closings, far.closings]).toEqual([[undefined], [undefined]]);
  });

  it('a paused socket that ends still closes', async () => {
    const { near, far } = await pair();
    near.socket.pause();
    far.socket.write([Buffer.alloc(4 * 1024 * 1024)]);
    await world().clock.sleep(10);
    near.socket.end();
    await until(() => near.closings.length === 1 && far.closings.length === 1);
  });

  it('destroy closes both sides', async () => {
    const { near, far } = await pair();
    near.socket.destroy();
    near.socket.destroy();
    expect(near.closings).toEqual([]);
    await until(() => near.closings.length === 1 && far.closings.length === 1);
    expect(near.closings).toEqual([undefined]);
  });

  it('a peer that is gone with unread bytes resets the connection', async () => {
    const { near, far } = await pair();
    far.socket.pause();
    near.socket.write([Buffer.alloc(8 * 1024 * 1024)]);
    await world().clock.sleep(20);
    far.socket.destroy();
    await until(() => near.closings.length === 1);
    expect(near.closings[0]?.code).toBe('reset');
  });

  it('a write behind end says false and does not break what was buffered', async () => {
    const { near, far } = await pair();
    near.socket.write([Buffer.alloc(500_000, 1)]);
    near.socket.end();
    expect(near.socket.write([Buffer.from('late')])).toBe(false);
    await until(() => near.closings.length > 0 && far.closings.length > 0);
    expect([far.bytes.length, near.closings, far.closings]).toEqual([500_000, [undefined], [undefined]]);
  });

  it('a write to a socket that is gone says false and harms nobody', async () => {
    const { near } = await pair();
    near.socket.destroy();
    expect(near.socket.write([Buffer.from('late')])).toBe(false);
    await until(() => near.closings.length === 1);
    expect(near.socket.write([Buffer.from('late'), Buffer.from('r')])).toBe(false);
    near.socket.end();
    await world().clock.sleep(5);
    expect(near.closings).toEqual([undefined]);
  });
}

/** The code that `operation` failed with, or 'no error'. */
async function codeOf(operation: Promise<unknown>): Promise<string> {
  try {
    await operation;
    return 'no error';
  } catch (error) {
    if (error instanceof SocketError) return error.code;
    throw error;
  }
}
