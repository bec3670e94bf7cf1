import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every block of the README that names a file as its first line must stand in that file, word for word. */
const root = join(import.meta.dirname, '../../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)```/g)].map(([, path = '', code = '']) => ({
  path,
  code,
}));

/** A quotation may stand further left than its original. */
function withoutIndent(text: string): string {
  return text.replace(/^ +/gm, '');
}

describe('the README', () => {
  it('quotes the playground at least four times', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(4);
  });

  it.each(blocks)('quotes $path as it is', ({ path, code }) => {
    expect(withoutIndent(readFileSync(join(root, path), 'utf8'))).toContain(withoutIndent(code));
  });
});
