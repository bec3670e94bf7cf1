import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './tidy/rule.js';
import { rules } from './tidy/rules.js';
import { readSourceTree } from './tidy/source-tree.js';

const root = join(import.meta.dirname, '..');

/**
 * Files that broke a rule when it was made, by rule. A file is never added: it is repaired. A repaired file is taken out, and stays out.
 */
const offenders = JSON.parse(readFileSync(join(root, 'tools/tidy/offenders.json'), 'utf8')) as Record<string, string[]>; // Our own file.

describe('house rules', () => {
  const tree = readSourceTree(root);

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

function report(findings: readonly Finding[]): string {
  return findings.map(({ path, line, message }) => `${path}:${line}  ${message}`).join('\n');
}
