import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const module = join(import.meta.dirname, 'count-results.mjs');

/** Calls a function of the plain JavaScript module in a Node of its own: Jest compiles only TypeScript. */
function call(name: string, ...args: readonly unknown[]): unknown {
  const code = `const m = await import(${JSON.stringify(module)}); process.stdout.write(JSON.stringify(m[process.argv[1]](...JSON.parse(process.argv[2]))));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', code, name, JSON.stringify(args)]);
  return JSON.parse(output.toString()) as unknown;
}

const report = (given: object): string => JSON.stringify({ numPassedTests: 3, numFailedTests: 0, ...given });

describe('the count of a CI run', () => {
  const cases: [name: string, args: unknown[], expected: unknown][] = [
    ['countExit', [0], { passed: 1, failed: 0, skipped: 0 }],
    ['countExit', [2], { passed: 0, failed: 1, skipped: 0 }],
    ['countJest', [0, report({})], { passed: 3, failed: 0, skipped: 0 }],
    ['countJest', [1, report({ numFailedTests: 2 })], { passed: 3, failed: 2, skipped: 0 }],
    ['countJest', [0, report({ numPendingTests: 1, numTodoTests: 1 })], { passed: 3, failed: 0, skipped: 2 }],
    ['countJest', [1, report({ numRuntimeErrorTestSuites: 1 })], { passed: 3, failed: 1, skipped: 0 }],
    ['countJest', [1, report({})], { passed: 3, failed: 1, skipped: 0 }],
    ['countJest', [0, report({ numPassedTests: 0 })], { passed: 0, failed: 1, skipped: 0 }],
    ['countJest', [0, ''], { passed: 0, failed: 1, skipped: 0 }],
    ['countVerdict', [0, 'text\n{"isExpected":true}\n'], { passed: 1, failed: 0, skipped: 0 }],
    ['countVerdict', [1, '{"isExpected":true}'], { passed: 0, failed: 1, skipped: 0 }],
    ['countVerdict', [0, '{"isExpected":false}'], { passed: 0, failed: 1, skipped: 0 }],
    ['countVerdict', [0, 'no verdict'], { passed: 0, failed: 1, skipped: 0 }],
    [
      'addCounts',
      [
        [
          { passed: 1, failed: 2, skipped: 3 },
          { passed: 4, failed: 5, skipped: 6 },
        ],
      ],
      { passed: 5, failed: 7, skipped: 9 },
    ],
    ['closingLine', [{ passed: 5, failed: 0, skipped: 1 }], '5 passed, 0 failed, 1 skipped'],
  ];
  for (const [name, args, expected] of cases) {
    it(`${name}(${JSON.stringify(args).slice(1, -1)})`, () => expect(call(name, ...args)).toEqual(expected));
  }
});
