import { sameSecret } from './same-secret.js';

it('only the same secret is the same', () => {
  expect(sameSecret('s3cret', 's3cret')).toBe(true);
  for (const other of ['', 's3cre', 's3crett', 'S3cret', 's3crets3cret'])
    expect(sameSecret(other, 's3cret')).toBe(false);
});
