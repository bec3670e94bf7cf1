import { JsonLogger, type LogLevel, silentLogger } from './json-logger.js';

function logged(level: LogLevel, use: (logger: JsonLogger) => void): string[] {
  const lines: string[] = [];
  use(new JsonLogger({ level, write: (line) => lines.push(line), clock: { wallMs: () => 0 } }));
  return lines;
}

describe('JsonLogger', () => {
  it('one call is one line of JSON with time, level, message and fields', () => {
    const lines = logged('info', (logger) => logger.warn('disk is filling', { freeBytes: 12, path: '/data' }));
    expect(lines).toEqual([
      '{"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"disk is filling","freeBytes":12,"path":"/data"}\n',
    ]);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['silent', []],
  ] as const)('level %s lets through %j', (level, expected) => {
    const lines = logged(level, (logger) => {
      logger.debug('m');
      logger.info('m');
      logger.warn('m');
      logger.error('m');
    });
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
  });

  it('text from outside can neither start a line nor steer a terminal', () => {
    const nasty = 'a\nb\r\u001b[31m\u009b2J\u2028\u007f';
    const [line = ''] = logged('info', (logger) => logger.info(nasty, { nasty }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this test looks for.
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    expect(JSON.parse(line)).toMatchObject({ message: nasty, nasty });
  });

  it('a field cannot pose as the level', () => {
    const [line = ''] = logged('info', (logger) => logger.info('real', { level: 'error', message: 'fake' }));
    expect(JSON.parse(line)).toMatchObject({ level: 'info', message: 'real' });
  });

  it('the silent logger says nothing', () => {
    expect(silentLogger.error('lost')).toBeUndefined();
  });
});
