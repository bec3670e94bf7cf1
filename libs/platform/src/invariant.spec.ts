import { InvariantError, invariant } from './invariant.js';

describe('invariant', () => {
  it('a true claim is silent, a false one is an InvariantError that says it', () => {
    expect(() => invariant(true, 'water is wet')).not.toThrow();
    expect(() => invariant(false, 'water is dry')).toThrow(new InvariantError('water is dry'));
  });
});
