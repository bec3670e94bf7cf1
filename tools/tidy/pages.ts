import ts from 'typescript';
import type { Finding, Rule } from './rule.js';
import { lineOf, type SourceFile, type SourceTree, walk } from './source-tree.js';

/** What the pages of docs/ must say about the code, and what the code must have that the pages name. */
export const pageRules: readonly Rule[] = [
  { name: 'every error code stands in docs/ERRORS.md', check: unlistedErrorCodes },
  { name: 'every format and frame has a page in docs/formats', check: formatsWithoutPage },
  { name: 'every name in docs/ARCHITECTURE.md exists in the tree', check: inventedNames },
];

const CODE_TYPE = /^(\w+Error|Refusal)Code$/;
const CODE_LIST = /^(RPC|REFUSAL|[A-Z_]+_ERROR)_CODES$/;

/** A code is listed in a row of the table below the heading of its own class: `closed` of one library explains nothing of another. */
function unlistedErrorCodes(tree: SourceTree): Finding[] {
  const listed = listedCodes(tree.pages.get('docs/ERRORS.md') ?? '');
  return tree.files
    .filter(({ path }) => path.startsWith('libs/') && !path.endsWith('.spec.ts'))
    .flatMap((file) => errorCodes(file))
    .filter(({ message }) => !listed.has(message));
}

/** `StoreError closed` for each row `| `closed` | ...` below a heading that names `StoreError`. */
function listedCodes(page: string): Set<string> {
  const listed = new Set<string>();
  let owner = '';
  for (const line of page.split('\n')) {
    const heading = /^#+ .*?`(\w+)`/.exec(line);
    if (heading !== null) owner = heading[1] ?? '';
    const row = /^\|\s*`([^`]+)`/.exec(line);
    if (row !== null) listed.add(`${owner} ${row[1]}`);
  }
  return listed;
}

/** The literals of `XErrorCode` and `RefusalCode` unions and of lists named `X_ERROR_CODES`, `RPC_CODES`, `REFUSAL_CODES`. */
function errorCodes(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  const collect = (owner: string, node: ts.Node): void =>
    walk(node, (inner) => {
      if (!ts.isStringLiteral(inner)) return;
      findings.push({ path: file.path, line: lineOf(inner), message: `${owner} ${inner.text}` });
    });
  for (const statement of file.ast.statements) {
    if (ts.isTypeAliasDeclaration(statement)) {
      const owner = CODE_TYPE.exec(statement.name.text)?.[1];
      if (owner !== undefined) collect(owner, statement.type);
    }
    if (!ts.isVariableStatement(statement)) continue;
    for (const declared of statement.declarationList.declarations) {
      const owner = CODE_LIST.exec(declared.name.getText(file.ast))?.[1];
      if (owner !== undefined) collect(ownerOfList(owner), declared);
    }
  }
  return findings;
}

/** `STORE_ERROR` -> `StoreError`, `RPC` -> `RpcError`, `REFUSAL` -> `Refusal`. */
function ownerOfList(name: string): string {
  const words = name.split('_').map((word) => `${word[0] ?? ''}${word.slice(1).toLowerCase()}`);
  return name === 'RPC' ? 'RpcError' : words.join('');
}

function formatsWithoutPage(tree: SourceTree): Finding[] {
  const pages = [...tree.pages].filter(([path]) => path.startsWith('docs/formats/') && path.endsWith('.md'));
  return tree.files
    .filter(({ path }) => /\.(format|frame)\.ts$/.test(path))
    .filter(({ path }) => !pages.some(([, text]) => text.includes(path.slice(path.lastIndexOf('/') + 1))))
    .map(({ path }) => ({ path, line: 1, message: 'no page in docs/formats/ names it' }));
}

const FILE_LIKE = /^[\w@./*-]+\.(ts|md|json|mjs|js)$/;
const FOLDER_LIKE = /^(libs|apps|test|tools|docs|bench)(\/[\w*.-]+)*\/?$/;
const IDENTIFIER_LIKE = /^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*(\(\))?$/;

function inventedNames(tree: SourceTree): Finding[] {
  const path = 'docs/ARCHITECTURE.md';
  const page = tree.pages.get(path);
  if (page === undefined) return [];
  const words = wordsOf(tree);
  return page.split('\n').flatMap((text, index) =>
    [...text.matchAll(/`([^`]+)`/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !nameExists(name, tree, words))
      .map((name) => ({ path, line: index + 1, message: name })),
  );
}

/** Every identifier and every string of the sources, and the words of package.json: what a page may name. */
function wordsOf(tree: SourceTree): Set<string> {
  const words = new Set<string>();
  for (const { text } of tree.files) for (const match of text.matchAll(/[A-Za-z_$][\w$]*/g)) words.add(match[0]);
  const settings = tree.pages.get('package.json') ?? '';
  for (const match of settings.matchAll(/[A-Za-z_$][\w$]*/g)) words.add(match[0]);
  return words;
}

function nameExists(name: string, tree: SourceTree, words: ReadonlySet<string>): boolean {
  if (FILE_LIKE.test(name) || FOLDER_LIKE.test(name)) return pathExists(name, tree);
  // Commands, options, examples and shapes are not names of code.
  if (!IDENTIFIER_LIKE.test(name) || /^[a-z]+$/.test(name)) return true;
  return name
    .replace(/\(\)$/, '')
    .split('.')
    .every((part) => words.has(part));
}

function pathExists(name: string, tree: SourceTree): boolean {
  const wanted = name.replace(/\/$/, '');
  const pattern = wanted.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  const whole = new RegExp(`(^|/)${pattern}(/|$)`);
  return [...tree.paths].some((path) => whole.test(path));
}
