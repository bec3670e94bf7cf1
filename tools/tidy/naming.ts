import ts from 'typescript';
import { isProof, roomOf } from './rooms.js';
import type { Finding, Rule } from './rule.js';
import { lineOf, type SourceFile, type SourceTree } from './source-tree.js';

const VAGUE_NAMES = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'shared', 'types', 'constants']);
const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+(-[a-z]+)*)*\.ts$/;

/** How files are named, what they export, and that every export is explained. */
export const namingRules: readonly Rule[] = [
  {
    name: 'a file is named after one concept, in lower-case words joined by hyphens',
    check: (tree) => tree.files.flatMap(badFileName),
  },
  { name: 'an export names what it exports', check: (tree) => tree.files.flatMap(starExports) },
  {
    name: 'an exported name has a doc comment',
    check: (tree) => tree.files.filter(({ path }) => !path.endsWith('.spec.ts')).flatMap(undocumentedExports),
  },
  {
    name: 'a file with behaviour has a spec beside it',
    check: (tree) => {
      const proven = provenFiles(tree);
      return tree.files
        .filter((file) => needsSpec(file) && !proven.has(file.path))
        .map((file) => ({
          path: file.path,
          line: 1,
          message: 'has no spec beside it, and no spec of its room imports it',
        }));
    },
  },
];

function badFileName(file: SourceFile): Finding[] {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const words = name.replace(/(\.spec)?\.ts$/, '').split(/[.-]/);
  // `contract.types.spec.ts` proves types: a spec is named after what it proves.
  const isVague = !name.endsWith('.types.spec.ts') && hasVagueWord(words);
  if (FILE_NAME.test(name) && !isVague) return [];
  return [{ path: file.path, line: 1, message: isVague ? 'says nothing about its content' : 'is not kebab-case' }];
}

function hasVagueWord(words: readonly string[]): boolean {
  return VAGUE_NAMES.has(words.at(-1) ?? '') || VAGUE_NAMES.has(words[0] ?? '');
}

function starExports(file: SourceFile): Finding[] {
  return file.ast.statements
    .filter((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined)
    .filter((statement) => !(ts.isExportDeclaration(statement) && isNamed(statement)))
    .map((statement) => ({ path: file.path, line: lineOf(statement), message: 'export *' }));
}

function isNamed(statement: ts.ExportDeclaration): boolean {
  return statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause);
}

function undocumentedExports(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  const documented = new Set<string>();
  for (const statement of file.ast.statements) {
    if (!ts.canHaveModifiers(statement)) continue;
    const isExported = ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (isExported !== true) continue;
    const name = declaredName(statement, file.ast);
    // Overloads and a type with its value share one comment.
    if (hasDocComment(statement, file)) documented.add(name);
    else if (!documented.has(name)) findings.push({ path: file.path, line: lineOf(statement), message: name });
  }
  return findings;
}

function declaredName(statement: ts.Statement, ast: ts.SourceFile): string {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((declared) => declared.name.getText(ast)).join(', ');
  }
  const named = ts.getNameOfDeclaration(statement as unknown as ts.Declaration); // Undefined for statements that declare nothing.
  return named?.getText(ast) ?? '(default)';
}

function hasDocComment(statement: ts.Statement, file: SourceFile): boolean {
  const comments = ts.getLeadingCommentRanges(file.text, statement.getFullStart()) ?? [];
  return (
    comments.some(({ pos }) => file.text.startsWith('/**', pos)) || ts.getJSDocCommentsAndTags(statement).length > 0
  );
}

/** Files with a spec of their own name beside them, and files that a spec of the same room imports by name: it proves several together. */
function provenFiles(tree: SourceTree): Set<string> {
  const proven = new Set<string>();
  for (const { path, imports } of tree.files) {
    if (!path.endsWith('.spec.ts')) continue;
    proven.add(path.replace(/\.spec\.ts$/, '.ts'));
    for (const { target } of imports) if (target !== undefined && roomOf(target) === roomOf(path)) proven.add(target);
  }
  return proven;
}

/** Interfaces, type aliases, re-exports and plain constants have nothing to run. */
function needsSpec(file: SourceFile): boolean {
  const isCode = file.path.startsWith('libs/') || file.path.startsWith('apps/');
  if (!isCode || isProof(file.path) || file.path.endsWith('/index.ts') || file.path.endsWith('.d.ts')) return false;
  return file.ast.statements.some(hasBehaviour);
}

function hasBehaviour(statement: ts.Statement): boolean {
  if (ts.isFunctionDeclaration(statement)) return true;
  if (ts.isClassDeclaration(statement)) return statement.members.some(ts.isMethodDeclaration);
  if (!ts.isVariableStatement(statement)) return false;
  return statement.declarationList.declarations.some(
    ({ initializer }) =>
      initializer !== undefined && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)),
  );
}
