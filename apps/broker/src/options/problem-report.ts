import type { OptionsError } from '#platform';

/** All problems for the operator's terminal, one a line. */
export function problemReport({ problems }: OptionsError): string {
  const lines = problems.map(({ path, problem }) => `  ${path}: ${problem}\n`).join('');
  const count = problems.length === 1 ? 'an option' : `${problems.length} options`;
  return `rookery: ${count} cannot be used:\n${lines}Run with --help for all options.\n`;
}
