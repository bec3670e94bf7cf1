import { fileSystemErrorFrom } from './file-system-error-from.js';

describe('fileSystemErrorFrom', () => {
  it.each([
    ['ENOSPC', 'no-space'],
    ['EDQUOT', 'no-space'],
    ['EMFILE', 'too-many-files'],
    ['ENFILE', 'too-many-files'],
    ['EACCES', 'denied'],
    ['EROFS', 'denied'],
    ['EIO', 'io'],
    ['ESOMETHING', 'io'],
    [undefined, 'io'],
  ])('%s is %s', (code, expected) => {
    const cause = Object.assign(new Error('the cause'), code === undefined ? {} : { code });
    const error = fileSystemErrorFrom(cause, 'write', '/data/a');
    expect(error).toMatchObject({ code: expected, cause });
    expect(error.message).toBe(`[${expected}] write /data/a: ${code ?? 'the cause'}`);
  });
});
