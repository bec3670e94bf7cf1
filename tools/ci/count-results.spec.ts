/** By a name that the compiler does not resolve: the module is plain JavaScript, as it runs before anything is installed. */
const module = './count-results.mjs';
const functions: Record<string, (...args: unknown[]) => unknown> = await import(module);
const call = (name: string, ...args: readonly unknown[]): unknown => functions[name]?.(...args);

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
