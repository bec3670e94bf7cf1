/** A command that could not do its work: the message is for the person at the terminal, the exit code is 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
