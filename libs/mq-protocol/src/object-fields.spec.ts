import { MqProtocolError } from './mq-protocol-error.js';
import { ObjectFields } from './object-fields.js';

/** The problems of an object that is read by `read`; none = it was fine. */
function problemsOf(value: unknown, read: (fields: ObjectFields) => unknown): readonly string[] {
  const fields = new ObjectFields(value, 'it');
  read(fields);
  try {
    fields.finish(undefined);
    return [];
  } catch (error) {
    if (error instanceof MqProtocolError && error.code === 'bad-request') return error.problems;
    throw error;
  }
}

describe('the fields of an untrusted object', () => {
  it.each([undefined, null, 7, 'text', [], [{}]])('are not those of %j', (value) => {
    expect(problemsOf(value, () => {})).toEqual(['it: an object is expected']);
  });

  it('are its own, never what it inherits', () => {
    const inherited = Object.create({ name: 'from above' });
    expect(problemsOf(inherited, (fields) => fields.text('name', 1, 20))).toHaveLength(1);
    expect(problemsOf({}, (fields) => fields.text('constructor', 0, 20))).toHaveLength(1);
    expect(new ObjectFields({}, 'it').has('toString')).toBe(false);
  });

  const wrong: [string, unknown, (fields: ObjectFields) => unknown, boolean][] = [
    ['a text of the least length', 'ab', (fields) => fields.text('x', 2, 3), true],
    ['a text of the greatest length', 'abc', (fields) => fields.text('x', 2, 3), true],
    ['a text that is too short', 'a', (fields) => fields.text('x', 2, 3), false],
    ['a text that is too long', 'abcd', (fields) => fields.text('x', 2, 3), false],
    ['a number in place of a text', 12, (fields) => fields.text('x', 0, 3), false],
    ['the least integer', -1, (fields) => fields.integer('x', -1, 5), true],
    ['the greatest integer', 5, (fields) => fields.integer('x', -1, 5), true],
    ['an integer below', -2, (fields) => fields.integer('x', -1, 5), false],
    ['an integer above', 6, (fields) => fields.integer('x', -1, 5), false],
    ['a fraction', 1.5, (fields) => fields.integer('x', -1, 5), false],
    ['no number', Number.NaN, (fields) => fields.integer('x', -1, 5), false],
    ['a number as text', '1', (fields) => fields.integer('x', -1, 5), false],
    ['a flag', false, (fields) => fields.flag('x'), true],
    ['a number in place of a flag', 0, (fields) => fields.flag('x'), false],
    ['a choice', 'b', (fields) => fields.choice('x', ['a', 'b']), true],
    ['no choice', 'c', (fields) => fields.choice('x', ['a', 'b']), false],
    ['a full list', [1, 2], (fields) => fields.list('x', 2), true],
    ['a list that is too long', [1, 2, 3], (fields) => fields.list('x', 2), false],
    ['an object in place of a list', { length: 1 }, (fields) => fields.list('x', 2), false],
  ];
  it.each(wrong)('with %s', (_, x, read, isFine) => {
    const problems = problemsOf({ x }, read);
    expect(problems.map((each) => each.split(':')[0])).toEqual(isFine ? [] : ['it.x']);
  });

  it('are all listed with their places, those of nested objects included', () => {
    const value = { size: -1, items: [{ name: 'fine' }, { name: 7 }, 'no object'] };
    const problems = problemsOf(value, (fields) => {
      fields.integer('size', 0, 9);
      for (const item of fields.objects('items', 3)) item.text('name', 1, 9);
    });
    expect(problems.map((each) => each.split(':')[0])).toEqual([
      'it.size',
      'it.items[2]',
      'it.items[1].name',
      'it.items[2].name',
    ]);
  });

  it('are listed up to twenty, however many are wrong', () => {
    const items = Array.from({ length: 1000 }, () => ({}));
    expect(problemsOf({ items }, (fields) => fields.objects('items', 1000).map((each) => each.flag('x')))).toHaveLength(
      20,
    );
  });
});
