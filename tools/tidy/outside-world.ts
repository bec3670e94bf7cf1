import ts from 'typescript';
import type { Finding, Rule } from './rule.js';
import { lineOf, type SourceFile, walk } from './source-tree.js';

const BANNED_GLOBALS = new Set([
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'performance',
  'fetch',
]);
const BANNED_MODULES =
  /^node:(fs|net|tls|dgram|http|https|http2|dns|crypto|timers|child_process|worker_threads|os)(\/.*)?$/;
/** Node's modules by their old names would slip past every rule above. */
const BARE_NODE_MODULE =
  /^(fs|net|tls|http|https|dns|crypto|timers|child_process|os|path|util|events|stream|zlib)(\/.*)?$/;

/** Only libs/platform meets the operating system; only apps and libs/nest-* meet Nest. */
export const outsideWorldRules: readonly Rule[] = [
  {
    name: 'time, chance, files and sockets are met only in libs/platform',
    check: (tree) => tree.files.filter(({ path }) => !mayMeetTheWorld(path)).flatMap(bannedUses),
  },
  {
    name: 'process is met only in apps, libs/cli and libs/platform',
    check: (tree) => tree.files.filter(({ path }) => !mayMeetTheProcess(path)).flatMap(processUses),
  },
  {
    name: 'Nest is met only in apps and libs/nest-*',
    check: (tree) =>
      tree.files
        .filter(({ path }) => !mayMeetNest(path))
        .flatMap((file) =>
          file.imports
            .filter(({ specifier }) => specifier.startsWith('@nestjs/'))
            .map(({ specifier, line }) => ({ path: file.path, line, message: specifier })),
        ),
  },
  {
    name: "Node's modules are imported with the node: prefix",
    check: (tree) =>
      tree.files.flatMap((file) =>
        file.imports
          .filter(({ specifier }) => BARE_NODE_MODULE.test(specifier))
          .map(({ specifier, line }) => ({ path: file.path, line, message: specifier })),
      ),
  },
];

function mayMeetTheWorld(path: string): boolean {
  return /^(libs\/platform|bench|test|tools|apps\/playground)\//.test(path);
}

function mayMeetTheProcess(path: string): boolean {
  return /^(libs\/platform|libs\/cli|apps|bench|test|tools)\//.test(path);
}

function mayMeetNest(path: string): boolean {
  return /^(apps|libs\/nest-[a-z]+|libs\/testing|test|bench)\//.test(path);
}

function bannedUses(file: SourceFile): Finding[] {
  const findings: Finding[] = file.imports
    .filter(({ specifier }) => BANNED_MODULES.test(specifier) && !isProofOfFiles(file, specifier))
    .map(({ specifier, line }) => ({ path: file.path, line, message: specifier }));
  walk(file.ast, (node) => {
    if (ts.isIdentifier(node) && BANNED_GLOBALS.has(node.text) && isGlobalUse(node)) {
      findings.push({ path: file.path, line: lineOf(node), message: node.text });
    }
    if (ts.isPropertyAccessExpression(node) && node.getText(file.ast) === 'Math.random') {
      findings.push({ path: file.path, line: lineOf(node), message: 'Math.random' });
    }
  });
  return findings;
}

/** Specs may need a scratch folder or a raw peer; what they may never use is time. */
function isProofOfFiles(file: SourceFile, specifier: string): boolean {
  const isProofFile = file.path.endsWith('.spec.ts') || file.path.includes('/src/testing/');
  return isProofFile && /^node:(fs|os|net|tls|crypto|child_process)/.test(specifier);
}

function processUses(file: SourceFile): Finding[] {
  if (file.path.endsWith('.spec.ts')) return [];
  const findings: Finding[] = [];
  walk(file.ast, (node) => {
    if (ts.isIdentifier(node) && node.text === 'process' && isGlobalUse(node)) {
      findings.push({ path: file.path, line: lineOf(node), message: 'process' });
    }
  });
  const imported = file.imports.filter(({ specifier }) => specifier === 'node:process');
  return [...findings, ...imported.map(({ line }) => ({ path: file.path, line, message: 'node:process' }))];
}

/** A value read of the name itself: not a member `x.Date`, not a declared name, not a type (`Date` as a type is fine). */
function isGlobalUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (node.text === 'Date' && isFixedDate(parent)) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node || isGlobalThis(parent.expression);
  if (ts.isTypeReferenceNode(parent) || ts.isExpressionWithTypeArguments(parent)) return false;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) return false;
  if (ts.isTypeQueryNode(parent) || ts.isQualifiedName(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  return !isDeclaredName(node, parent);
}

/** `new Date(ms)`, `Date.UTC(...)` and `Date.parse(...)` turn one form of an instant into another; they ask no clock. */
function isFixedDate(parent: ts.Node): boolean {
  if (ts.isNewExpression(parent)) return (parent.arguments?.length ?? 0) > 0;
  return ts.isPropertyAccessExpression(parent) && /^(UTC|parse)$/.test(parent.name.text);
}

function isDeclaredName(node: ts.Identifier, parent: ts.Node): boolean {
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  return 'name' in parent && parent.name === node;
}

function isGlobalThis(node: ts.Expression): boolean {
  return ts.isIdentifier(node) && node.text === 'globalThis';
}
