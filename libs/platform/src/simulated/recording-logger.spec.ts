import { RecordingLogger } from './recording-logger.js';

describe('RecordingLogger', () => {
  it('keeps what was said, and no more than the last 10,000 calls', () => {
    const logger = new RecordingLogger();
    for (let index = 0; index < 10_001; index++) logger.debug('m', { index });
    logger.error('last');
    expect(logger.records).toHaveLength(10_000);
    expect(logger.records[0]).toEqual({ level: 'debug', message: 'm', fields: { index: 2 } });
    expect(logger.records.at(-1)).toEqual({ level: 'error', message: 'last', fields: {} });
  });
});
