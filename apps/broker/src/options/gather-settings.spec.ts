import { memoryPlatform } from '#platform/testing';
import { gatherSettings } from './gather-settings.js';
import { describeSettings, printSettings } from './print-settings.js';
import { setting, settingsOfDefaults } from './setting.js';

const SETTINGS = [
  setting({ path: 'host', kind: 'text', defaultValue: '127.0.0.1', description: '' }),
  setting({ path: 'port', kind: 'number', defaultValue: 4000, description: '' }),
  setting({ path: 'auth.token', kind: 'text', isSecret: true, description: '' }),
  ...settingsOfDefaults(
    'mq',
    { autoCreateTopics: true, queueCount: 4, sweepMs: 100 },
    { autoCreateTopics: '', queueCount: '', sweepMs: '' },
  ),
  ...settingsOfDefaults('store', { segmentBytes: 2 ** 28 }, { segmentBytes: 'size of a segment' }),
];

interface Given {
  readonly args?: string[];
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
}

async function gather({ args = [], env = {}, files = {} }: Given) {
  const platform = memoryPlatform(1);
  await platform.files.makeDirectory('/etc');
  for (const [name, text] of Object.entries(files)) {
    const file = await platform.files.open(`/etc/${name}`, { access: 'create' });
    await file.write([Buffer.from(text)], 0);
    await file.close();
  }
  return gatherSettings(SETTINGS, { args, env, files: platform.files, directory: '/etc' });
}

async function problemsOf(given: Given): Promise<string[]> {
  return (await gather(given)).problems.map(({ path, problem }) => `${path}: ${problem}`);
}

describe('gatherSettings', () => {
  it('takes a flag before the environment before the file before the default', async () => {
    const files = { 'rookery.config.yaml': 'port: 1\nhost: file.example\nmq:\n  queueCount: 8\n' };
    const env = { ROOKERY_PORT: '2', ROOKERY_HOST: 'env.example' };
    const { values, problems } = await gather({ args: ['--port=3'], env, files });
    expect(problems).toEqual([]);
    expect(values.get('port')).toEqual({ value: 3, origin: 'flag --port' });
    expect(values.get('host')).toEqual({ value: 'env.example', origin: 'env ROOKERY_HOST' });
    expect(values.get('mq.queueCount')).toEqual({ value: 8, origin: 'file /etc/rookery.config.yaml' });
    expect(values.get('mq.sweepMs')).toEqual({ value: 100, origin: 'default' });
  });

  it('understands sizes, times and switches', async () => {
    const args = ['--store-segment-bytes', '64MiB', '--mq-sweep-ms', '1.5s', '--no-mq-auto-create-topics'];
    const { values } = await gather({ args });
    expect(values.get('store.segmentBytes')?.value).toBe(64 * 2 ** 20);
    expect(values.get('mq.sweepMs')?.value).toBe(1_500);
    expect(values.get('mq.autoCreateTopics')?.value).toBe(false);
  });

  it('reports every problem at once, each with where it comes from', async () => {
    const problems = await problemsOf({
      args: ['--prot', '1', '2', '--mq-queue-count=many', '--host'],
      env: { ROOKERY_MQ_SWEEP_MS: '5 weeks' },
      files: { 'rookery.config.json': '{"store":{"segmentBytes":"1 XB"},"mq":{"queuecount":1}}' },
    });
    expect(problems).toEqual([
      '--prot: is not an option; did you mean --port? (command line)',
      '2: is not an option; options start with -- (command line)',
      '--host: needs a value (command line)',
      'mq.queuecount: is not an option; did you mean mq.queueCount? (from file /etc/rookery.config.json)',
      'mq.queueCount: "many" is not a number (from flag --mq-queue-count)',
      'mq.sweepMs: "5 weeks" is not a time such as 250ms, 30s or 5m (from env ROOKERY_MQ_SWEEP_MS)',
      'store.segmentBytes: "1 XB" is not a size such as 65536, 64KiB or 256MiB (from file /etc/rookery.config.json)',
    ]);
  });

  it('refuses a config file that is missing, broken, no mapping, or one of two', async () => {
    expect(await problemsOf({ args: ['--config', '/etc/none.yaml'] })).toEqual([
      expect.stringMatching(/none.yaml cannot be read/),
    ]);
    expect(await problemsOf({ files: { 'rookery.config.json': '{' } })).toEqual([
      expect.stringMatching(/cannot be read/),
    ]);
    expect(await problemsOf({ files: { 'rookery.config.yaml': '- a' } })).toEqual([expect.stringMatching(/by name/)]);
    const two = { 'rookery.config.yaml': 'port: 1', 'rookery.config.json': '{}' };
    expect(await problemsOf({ files: two })).toEqual([expect.stringMatching(/only one may exist/)]);
  });

  it('reads a secret from the file that a variable or a config file names, and never from the command line', async () => {
    const files = { token: 'a-long-enough-secret\n' };
    const fromEnv = await gather({ files, env: { ROOKERY_AUTH_TOKEN_FILE: '/etc/token' } });
    expect(fromEnv.values.get('auth.token')).toEqual({
      value: 'a-long-enough-secret',
      origin: 'env ROOKERY_AUTH_TOKEN_FILE',
    });
    const named = { ...files, 'rookery.config.yaml': 'auth:\n  tokenFile: /etc/token\n' };
    expect((await gather({ files: named })).values.get('auth.token')?.value).toBe('a-long-enough-secret');
    expect(await problemsOf({ args: ['--auth-token', 'x'] })).toEqual([
      expect.stringMatching(/^--auth-token: is not an option/),
    ]);
    expect(await problemsOf({ env: { ROOKERY_AUTH_TOKEN_FILE: '/etc/none' } })).toEqual([
      expect.stringMatching(/^auth.token: .*none.*\(from env ROOKERY_AUTH_TOKEN_FILE\)$/),
    ]);
  });

  it('prints what is in force with its origin, and never a secret', async () => {
    const gathered = await gather({ args: ['--port', '1'], env: { ROOKERY_AUTH_TOKEN: 'a-long-enough-secret' } });
    expect(printSettings(SETTINGS, gathered, { effective: true, origin: true })).toBe(
      [
        'host: "127.0.0.1"  # default',
        'port: 1  # flag --port',
        'auth:',
        '  token: "********"  # env ROOKERY_AUTH_TOKEN',
        'mq:',
        '  autoCreateTopics: true  # default',
        '  queueCount: 4  # default',
        '  sweepMs: 100  # default',
        'store:',
        '  segmentBytes: 268435456  # default',
        '',
      ].join('\n'),
    );
    expect(printSettings(SETTINGS, gathered, { effective: false, origin: false })).toBe(
      'port: 1\nauth:\n  token: "********"\n',
    );
  });
});

it('help says what an option means and shows its default as one would write it', () => {
  const help = describeSettings(SETTINGS);
  expect(help).toMatch(/--store-segment-bytes <size>\s+size of a segment \(default 256MiB\)/);
  expect(help).toMatch(/--mq-sweep-ms <duration>\s+\(default 100ms\)/);
});
