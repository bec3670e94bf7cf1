/** A bug in this program, not a condition of the world. Nobody catches it; the process stops. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/**
 * States what must be true here if the program is right.
 * @throws {InvariantError} when it is not.
 */
export function invariant(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new InvariantError(claim);
}
