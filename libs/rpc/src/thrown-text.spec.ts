import { thrownText } from './thrown-text.js';

it('anything that can be thrown has a text', () => {
  expect(thrownText(new Error('broken'))).toBe('broken');
  expect(thrownText(Object.assign(new Error(), { message: 7 }))).toBe('7');
  expect(thrownText('text')).toBe('text');
  expect(thrownText(undefined)).toBe('undefined');
  expect(thrownText(Symbol('s'))).toBe('Symbol(s)');
  expect(thrownText(Object.create(null))).toBe('something was thrown that has no text');
});
