/** One thing wrong with the options given: where, what, and what to do about it. */
export interface OptionProblem {
  /** Dotted path of the option as the user writes it, for example `store.segmentBytes`. */
  readonly path: string;
  /** What is wrong and what is allowed, for example `1000 is not a multiple of 4096`. */
  readonly problem: string;
}

/** Options that cannot be used. Carries every problem found, not just the first. Code `bad-options`. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
  readonly code = 'bad-options';
  constructor(readonly problems: readonly OptionProblem[]) {
    super(`[bad-options] ${problems.map((each) => `${each.path}: ${each.problem}`).join('; ')}`);
  }
}
