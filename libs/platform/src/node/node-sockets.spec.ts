import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSockets } from '../testing/describe-sockets.js';
import { NodeClock } from './node-clock.js';
import { NodeSockets } from './node-sockets.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rookery-sockets-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describeSockets('NodeSockets', async () => ({
  sockets: new NodeSockets(),
  clock: new NodeClock(),
  path: join(directory, 'contract'),
  dispose: async () => {},
}));

describe('NodeSockets', () => {
  const path = () => join(directory, 'socket');

  it('the socket file of a killed process is taken over', async () => {
    const script = `require('net').createServer().listen(process.argv[1], () => console.log('listening'))`;
    const child = spawn(process.execPath, ['-e', script, path()], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(existsSync(path())).toBe(true);
    const listener = await new NodeSockets().listen({ path: path() }, () => {});
    await listener.close();
  });

  it('a file that is no socket is never removed', async () => {
    writeFileSync(path(), 'precious');
    await expect(new NodeSockets().listen({ path: path() }, () => {})).rejects.toMatchObject({ code: 'in-use' });
    expect(existsSync(path())).toBe(true);
  });

  it('a connect that nobody answers is timed out', async () => {
    // A process that hangs stops accepting; once its backlog is full the system drops further requests.
    const script = `const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    })`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const port = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
      const tries = Array.from({ length: 6 }, () =>
        new NodeSockets().connect({ host: '127.0.0.1', port }, { timeoutMs: 100 }).then(
          (socket) => socket.destroy(),
          (error: unknown) => error,
        ),
      );
      expect(await Promise.all(tries)).toContainEqual(expect.objectContaining({ code: 'timed-out' }));
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('a failed accept is logged and the listener lives on', async () => {
    const said: string[] = [];
    const warn = (message: string) => void said.push(message);
    const created: net.Server[] = [];
    const emit = net.Server.prototype.emit;
    const restore = catchServers(created);
    try {
      const sockets = new NodeSockets({ debug() {}, info() {}, warn, error() {} });
      const listener = await sockets.listen({ path: path() }, (socket) => socket.destroy());
      created[0]?.emit('error', new Error('accept EMFILE'));
      expect(said).toEqual(['accept failed']);
      (await sockets.connect({ path: path() }, { timeoutMs: 1000 })).destroy();
      await listener.close();
    } finally {
      restore();
      expect(net.Server.prototype.emit).toBe(emit);
    }
  });
});

/** Catches the servers that start to listen; returns the way back. */
function catchServers(created: net.Server[]): () => void {
  const emit = net.Server.prototype.emit;
  net.Server.prototype.emit = function (this: net.Server, event: string | symbol, ...rest: unknown[]): boolean {
    if (event === 'listening') created.push(this);
    return Reflect.apply(emit, this, [event, ...rest]);
  };
  return () => {
    net.Server.prototype.emit = emit;
  };
}
