import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One import or re-export of a file: what was written, and the file of this tree that it names (undefined for packages). */
export interface ImportRef {
  readonly specifier: string;
  /** Repository path of the imported file, or undefined when it lies outside (a package, a Node module) or does not exist. */
  readonly target: string | undefined;
  /** 1-based. */
  readonly line: number;
}

/** One TypeScript file, parsed. Paths are relative to the repository and use `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly ast: ts.SourceFile;
  readonly imports: readonly ImportRef[];
}

/** Everything the rules look at. Rules are pure functions of it, so a bad sample is a small tree made by hand. */
export interface SourceTree {
  /** The TypeScript files, sorted by path. */
  readonly files: readonly SourceFile[];
  /** Text of every other text file that a rule may read: pages, scripts, settings. */
  readonly pages: ReadonlyMap<string, string>;
  /** Every path in the tree, sources included. */
  readonly paths: ReadonlySet<string>;
}

const PAGE_PATTERN = /\.(md|mjs|js|json|sh|yaml|yml|proto)$|^\.ci\/|^LICENSE$|^\.gitignore$/;
const NOT_PAGES = new Set(['package-lock.json']);

/** Reads the tree below `root`: tracked files and new ones that git does not ignore. */
export function readSourceTree(root: string): SourceTree {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const texts: Record<string, string> = {};
  const paths: string[] = [];
  for (const path of listed.split('\0')) {
    if (path === '' || !existsSync(join(root, path))) continue;
    paths.push(path);
    const isWanted = path.endsWith('.ts') || (PAGE_PATTERN.test(path) && !NOT_PAGES.has(path));
    if (isWanted) texts[path] = readFileSync(join(root, path), 'utf8');
  }
  return makeSourceTree(texts, paths);
}

/** Makes a tree from texts by path; `paths` adds names without text. */
export function makeSourceTree(texts: Readonly<Record<string, string>>, paths: readonly string[] = []): SourceTree {
  const all = new Set([...paths, ...Object.keys(texts)]);
  const files: SourceFile[] = [];
  const pages = new Map<string, string>();
  for (const path of Object.keys(texts).sort()) {
    const text = texts[path] ?? '';
    if (!path.endsWith('.ts')) {
      pages.set(path, text);
      continue;
    }
    const ast = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
    files.push({ path, text, ast, imports: importsOf(path, ast, all) });
  }
  return { files, pages, paths: all };
}

/** The 1-based line of a node, without its leading comment. */
export function lineOf(node: ts.Node): number {
  const source = node.getSourceFile();
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** Calls `visit` for every node below `node`, parents first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function importsOf(path: string, ast: ts.SourceFile, all: ReadonlySet<string>): ImportRef[] {
  const found: ImportRef[] = [];
  walk(ast, (node) => {
    const literal = moduleLiteralOf(node);
    if (literal === undefined) return;
    found.push({ specifier: literal.text, target: resolveSpecifier(path, literal.text, all), line: lineOf(literal) });
  });
  return found;
}

/** The module name of an import, an export from, an `import()` call or an `import('x')` type. */
function moduleLiteralOf(node: ts.Node): ts.StringLiteral | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)
      ? node.moduleSpecifier
      : undefined;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const first = node.arguments[0];
    return first !== undefined && ts.isStringLiteral(first) ? first : undefined;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return node.argument.literal;
  }
  return undefined;
}

function resolveSpecifier(from: string, specifier: string, all: ReadonlySet<string>): string | undefined {
  if (specifier.startsWith('.')) {
    const parts = from.split('/').slice(0, -1);
    for (const step of specifier.split('/')) {
      if (step === '..') parts.pop();
      else if (step !== '.') parts.push(step);
    }
    const path = parts.join('/').replace(/\.js$/, '.ts');
    return all.has(path) ? path : undefined;
  }
  const alias = /^#([a-z-]+)(\/testing)?$/.exec(specifier);
  if (alias === null) return undefined;
  return `libs/${alias[1]}/src/${alias[2] === undefined ? '' : 'testing/'}index.ts`;
}
