import { refusedName } from './names.js';

const code = (name: string) => refusedName('topic', name)?.code ?? 'taken';

describe('a name that a user gives', () => {
  it.each(['a', 'Orders_2.eu-west%5', '-', '_', '0', 'x'.repeat(127)])('is taken: %s', (name) => {
    expect(code(name)).toBe('taken');
  });

  it.each(['', '.hidden', '..', 'a/b', 'a b', 'größe', 'a\0', 'a\n', 'x'.repeat(128), '%retry', '%'])(
    'is refused: %j',
    (name) => {
      expect(code(name)).toBe('bad-name');
    },
  );

  it('is shown in the refusal in part only when it is endless', () => {
    expect(refusedName('group', '/'.repeat(100_000))?.message.length).toBeLessThan(300);
  });
});
