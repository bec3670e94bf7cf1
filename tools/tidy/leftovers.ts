import ts from 'typescript';
import type { Finding, Rule } from './rule.js';
import { lineOf, type SourceTree, walk } from './source-tree.js';

/** Built from parts so that this file does not find itself. */
const LEFTOVERS: readonly [pattern: RegExp, name: string][] = [
  [
    new RegExp(`\\b(${['FIX', 'ME'].join('')}|${['TO', 'DO'].join('')}|${['X', 'XX'].join('')})\\b`),
    'a note to finish something',
  ],
  [new RegExp(`\\b(it|test|describe)${['\\.', 'only'].join('')}\\(|\\bf(it|describe)\\(`), 'an exclusive test'],
  [
    new RegExp(`\\b(it|test|describe)${['\\.', '(skip|todo)'].join('')}\\(|\\bx(it|describe|test)\\(`),
    'a skipped test',
  ],
];
const CONSOLE = new RegExp(`(^|[^.\\w'"\`])${['con', 'sole'].join('')}\\.\\w`);
/** Folders of one machine. Home folders and temporary paths of specs are made by code, never written down. */
const MACHINE_PATH = new RegExp(`(^|[\\s'"\`(=:])/(${['wo', 'rk'].join('')}|${['ro', 'ot'].join('')}|home/\\w+)/`);

/** Things that a finished change does not contain. */
export const leftoverRules: readonly Rule[] = [
  { name: 'nothing is left unfinished, exclusive or skipped', check: unfinished },
  { name: 'nothing writes to the console object', check: consoleUses },
  {
    name: 'no file names a folder of one machine',
    check: (tree) => perLine(tree, MACHINE_PATH, 'machine path', () => true),
  },
];

/** Samples of bad code are text in this spec. */
function isSample(path: string): boolean {
  return path === 'tools/tidy/rules.spec.ts';
}

function isSource(path: string): boolean {
  return /\.(ts|mjs|js)$/.test(path);
}

/** By syntax in TypeScript: the text of a script for a child process may print. */
function consoleUses(tree: SourceTree): Finding[] {
  const inScripts = perLine(tree, CONSOLE, 'console', (path) => /\.(mjs|js)$/.test(path));
  const findings: Finding[] = [];
  for (const file of tree.files) {
    walk(file.ast, (node) => {
      if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return;
      if (node.expression.text === 'console')
        findings.push({ path: file.path, line: lineOf(node), message: 'console' });
    });
  }
  return [...findings, ...inScripts];
}

function unfinished(tree: SourceTree): Finding[] {
  return LEFTOVERS.flatMap(([pattern, name]) => perLine(tree, pattern, name, isSource));
}

function perLine(tree: SourceTree, pattern: RegExp, message: string, wanted: (path: string) => boolean): Finding[] {
  const texts = [...tree.files.map(({ path, text }) => [path, text] as const), ...tree.pages];
  return texts
    .filter(([path]) => wanted(path) && !isSample(path))
    .flatMap(([path, text]) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          pattern.test(line) ? [{ path, line: index + 1, message: `${message}: ${line.trim()}` }] : [],
        ),
    );
}
