// `nest start broker` compiles, serves and stops: what a user of this repository types first.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'rookery-nest-start-'));
const LIMIT_MS = 90_000;

const nest = join(root, 'node_modules', '.bin', 'nest');
const child = spawn(nest, ['start', 'broker', '--', '--port', '0', '--data-dir', join(folder, 'data')], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'pipe'],
  detached: true,
});
let output = '';
for (const stream of [child.stdout, child.stderr]) {
  stream.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
}
const ended = new Promise((resolve) => child.once('close', (exitCode) => resolve(exitCode ?? 1)));

function leave(problem) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already, as it should be.
  }
  rmSync(folder, { recursive: true, force: true });
  if (problem === undefined) return process.exit(0);
  process.stderr.write(`nest start broker: ${problem}\n${output}\n`);
  process.exit(1);
}

async function listening() {
  for (const startedMs = performance.now(); performance.now() - startedMs < LIMIT_MS; ) {
    const port = /listening on rookery:\/\/[^:\s]+:(\d+)/.exec(output)?.[1];
    if (port !== undefined) return Number(port);
    if (child.exitCode !== null) leave(`ended with ${child.exitCode} before it listened`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return leave('did not listen in time');
}

const port = await listening();
await new Promise((resolve) => {
  const socket = connect({ port, host: '127.0.0.1' }, () => resolve(socket.destroy()));
  socket.once('error', (error) => leave(`port ${port}: ${error.message}`));
});
// As Ctrl-C in a terminal: to the whole group.
process.kill(-child.pid, 'SIGINT');
const exitCode = await Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve('no end'), 20_000))]);
if (exitCode === 'no end') leave('did not stop at SIGINT');
process.stdout.write(`nest start broker: listened on port ${port}, ended with ${exitCode}\n`);
leave(undefined);
