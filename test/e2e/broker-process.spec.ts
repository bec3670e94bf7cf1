import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MQ_ROUTES } from '#mq-protocol';
import { nodePlatform, silentLogger } from '#platform';
import { createRpcChannel, parseRookeryUrl } from '#rpc';
import { RookeryProcess } from './rookery-process.js';

/** Real processes of the built package, real files, real sockets. `npm test` builds first. */
describe('the broker process', () => {
  let directory: string;
  const started: RookeryProcess[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rookery-e2e-'));
  });
  afterEach(async () => {
    for (const each of started.splice(0)) await each.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  async function startBroker(args: readonly string[] = []) {
    const running = await RookeryProcess.broker(join(directory, 'data'), args);
    started.push(running.broker);
    return {
      ...running,
      rookery: (args: string[], input?: string) => RookeryProcess.run([...args, '--broker', running.url], {}, input),
    };
  }

  it('says where it listens, drains on SIGTERM and ends with 0', async () => {
    const { broker, line } = await startBroker();
    expect(line).toMatch(
      /^rookery broker listening on rookery:\/\/127\.0\.0\.1:\d+, data in .*data, recovered in \d+ ms, pid \d+$/,
    );
    const { exitCode, stdout } = await broker.stop('SIGTERM');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toHaveLength(2);
  });

  it('answers a waiting receive and ends with 0 while somebody long-polls', async () => {
    const { broker, url } = await startBroker();
    const consumer = RookeryProcess.start(['consume', 'orders', '-g', 'audit', '--broker', url]);
    started.push(consumer);
    await untilListed(url, 'audit');
    const before = Date.now();
    const { exitCode } = await broker.stop('SIGTERM');
    expect(exitCode).toBe(0);
    // The long poll is 20 s and the drain's limit 10 s: neither was waited for.
    expect(Date.now() - before).toBeLessThan(6_000);
  });

  it('keeps topics, messages and progress over SIGKILL', async () => {
    const first = await startBroker();
    expect(await first.rookery(['topic', 'create', 'orders', '--queues', '2'])).toMatchObject({ exitCode: 0 });
    expect(await first.rookery(['produce', 'orders'], 'one\ntwo\nthree\n')).toMatchObject({ exitCode: 0 });
    const taken = await first.rookery(['consume', 'orders', '-g', 'audit', '-n', '1']);
    expect(taken.exitCode).toBe(0);
    await first.broker.stop('SIGKILL');

    const second = await startBroker();
    const rest = await second.rookery(['consume', 'orders', '-g', 'audit', '-n', '2']);
    const seen = `${taken.stdout}${rest.stdout}`.trim().split('\n').sort();
    expect(seen).toEqual(['one', 'three', 'two']);
    const described = await second.rookery(['group', 'describe', 'audit', 'orders']);
    expect(described.stdout).toMatch(/queue +floor offset +end offset +in flight +lag/);
    expect((await second.rookery(['topic', 'list'])).stdout).toBe('orders\n');
  });

  it('serves on after a request that it cannot read', async () => {
    const { url, rookery } = await startBroker();
    const platform = nodePlatform({ logger: silentLogger });
    const channel = createRpcChannel({ address: parseRookeryUrl(url) }, platform);
    const how = { codec: 'msgpack', timeoutMs: 500 } as const;
    await expect(channel.call(MQ_ROUTES.createTopic, { topic: 5 }, how)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    // Until after the deadline of the bad call: whatever was left behind by it has been touched then.
    await platform.clock.sleep(1_000);
    await channel.close();
    expect(await rookery(['topic', 'list'])).toMatchObject({ exitCode: 0 });
  });

  it('refuses a data directory in use with 75, naming it and the holder', async () => {
    const { broker } = await startBroker();
    const { exitCode, stderr } = await RookeryProcess.run([
      'broker',
      'start',
      '--port',
      '0',
      '--data-dir',
      join(directory, 'data'),
    ]);
    expect(exitCode).toBe(75);
    expect(stderr).toContain(join(directory, 'data'));
    expect(stderr).toContain(`process ${broker.child.pid}`);
  });

  it('refuses a port in use with 76', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const args = ['broker', 'start', '--port', String(port), '--data-dir', join(directory, 'data')];
    const { exitCode, stderr } = await RookeryProcess.run(args);
    taken.close();
    expect(exitCode).toBe(76);
    expect(stderr).toContain(`cannot listen on 127.0.0.1:${port}`);
  });

  it('reports every wrong option at once with its origin and ends with 78', async () => {
    const config = join(directory, 'rookery.yaml');
    writeFileSync(config, 'store:\n  segmentBytes: 1000\nmq:\n  defaultQueueCount: -1\n');
    const args = ['broker', 'start', '--host', '0.0.0.0', '--colour', '--config', config];
    const { exitCode, stderr } = await RookeryProcess.run(args, { ROOKERY_PORT: '70000' });
    expect(exitCode).toBe(78);
    for (const expected of [
      /--colour: is not an option/,
      /port: 70000 is not a port.*\(from env ROOKERY_PORT\)/,
      /host: 0\.0\.0\.0 is reachable.*\(from flag --host\)/,
      /store\.segmentBytes: .*\(from file .*rookery\.yaml\)/,
      /mq\.defaultQueueCount: .*\(from file .*rookery\.yaml\)/,
    ]) {
      expect(stderr).toMatch(expected);
    }
  });

  it('lets nobody in without the token', async () => {
    const token = 'a-secret-of-enough-length';
    const tokenFile = join(directory, 'token');
    writeFileSync(tokenFile, `${token}\n`);
    const config = join(directory, 'rookery.json');
    writeFileSync(config, JSON.stringify({ auth: { tokenFile } }));
    const { url } = await startBroker(['--config', config]);
    const stranger = await RookeryProcess.run(['topic', 'list', '--broker', url]);
    expect(stranger.exitCode).toBe(1);
    const friend = await RookeryProcess.run(['topic', 'list', '--broker', url], { ROOKERY_AUTH_TOKEN_FILE: tokenFile });
    expect(friend).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('prints its options with their origin, and no secret', async () => {
    const args = ['config', 'print', '--effective', '--origin', '--port', '4123'];
    const { exitCode, stdout } = await RookeryProcess.run(args, { ROOKERY_AUTH_TOKEN: 'a-secret-of-enough-length' });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('port: 4123  # flag --port');
    expect(stdout).toContain('host: "127.0.0.1"  # default');
    expect(stdout).not.toContain('a-secret');
  });

  it('ends with 2 on wrong usage and with 1 when the broker cannot be reached', async () => {
    expect(await RookeryProcess.run(['topic', 'creat'])).toMatchObject({ exitCode: 2 });
    const away = await RookeryProcess.run(['topic', 'list', '--broker', 'rookery://127.0.0.1:1']);
    expect(away.exitCode).toBe(1);
    expect(await RookeryProcess.run(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

async function untilListed(url: string, group: string): Promise<void> {
  for (;;) {
    const { stdout } = await RookeryProcess.run(['group', 'list', '--broker', url]);
    if (stdout.includes(group)) return;
  }
}
