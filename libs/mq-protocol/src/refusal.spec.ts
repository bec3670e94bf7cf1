import { REFUSAL_CODES } from './refusal.js';

it('refusal codes keep their numbers on the wire: new ones come at the end', () => {
  const numbers = Object.fromEntries(REFUSAL_CODES.map((code, number) => [code, number]));
  expect(numbers).toMatchObject({
    'unknown-topic': 0,
    'unknown-queue': 1,
    'unknown-group': 2,
    'bad-name': 3,
    'bad-set': 4,
    'too-large': 5,
    'disk-full': 6,
    overloaded: 7,
    draining: 8,
    'topic-exists': 9,
    'bad-request': 10,
  });
  expect(Object.keys(numbers)).toHaveLength(REFUSAL_CODES.length);
});
