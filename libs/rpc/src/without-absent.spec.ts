import { withoutAbsent } from './without-absent.js';

it('an undefined entry is as good as an absent one; null, 0, false and empty text are given', () => {
  const given = { a: undefined, b: null, c: 0, d: false, e: '' };
  expect(Object.keys(withoutAbsent(given))).toEqual(['b', 'c', 'd', 'e']);
  expect({ a: 1, ...withoutAbsent(given) }.a).toBe(1);
});
