import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './tidy/rule.js';
import { rules } from './tidy/rules.js';
import { readSourceTree, type SourceTree } from './tidy/source-tree.js';

const root = join(import.meta.dirname, '..');

/**
 * Files that broke a rule when it was made, by rule. A file is never added: it is repaired. A repaired file is taken out, and stays out;
 * `ROOKERY_TIDY_SHRINK=1` takes out all repaired ones.
 */
const offenders = JSON.parse(readFileSync(join(root, 'tools/tidy/offenders.json'), 'utf8')) as Record<string, string[]>; // Our own file.

describe('house rules', () => {
  const tree = readSourceTree(root);
  if (process.env['ROOKERY_TIDY_SHRINK'] === '1') shrinkOffenders(tree);

  for (const rule of rules) {
    const excused = new Set(offenders[rule.name] ?? []);

    it(rule.name, () => {
      const findings = rule.check(tree).filter(({ path }) => !excused.has(path));
      expect(report(findings)).toBe('');
    });

    if (excused.size > 0) {
      it(`${rule.name}: every listed offender still offends`, () => {
        const offending = new Set(rule.check(tree).map(({ path }) => path));
        expect([...excused].filter((path) => !offending.has(path))).toEqual([]);
      });
    }
  }

  it('lists offenders only of rules that exist', () => {
    const names = new Set(rules.map(({ name }) => name));
    expect(Object.keys(offenders).filter((name) => !names.has(name))).toEqual([]);
  });
});

function shrinkOffenders(tree: SourceTree): void {
  for (const [name, listed] of Object.entries(offenders)) {
    const offending = new Set(
      rules
        .find((rule) => rule.name === name)
        ?.check(tree)
        .map(({ path }) => path),
    );
    const left = listed.filter((path) => offending.has(path));
    if (left.length > 0) offenders[name] = left;
    else delete offenders[name];
  }
  writeFileSync(join(root, 'tools/tidy/offenders.json'), `${JSON.stringify(offenders, undefined, 2)}\n`);
}

function report(findings: readonly Finding[]): string {
  return findings.map(({ path, line, message }) => `${path}:${line}  ${message}`).join('\n');
}
