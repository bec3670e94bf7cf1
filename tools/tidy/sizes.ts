import ts from 'typescript';
import { isProof } from './rooms.js';
import type { Finding, Rule } from './rule.js';
import { lineOf, type SourceFile, walk } from './source-tree.js';

const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 400;
const EXPORTS_MAX = 7;
const PARAMETERS_MAX = 5;
const PUBLIC_METHODS_MAX = 12;
const FIELDS_MAX = 10;

/** Limits on what one reader has to hold in mind at once. Proof (specs, test/, testing folders) is exempt: cases are data and may be long. */
export const sizeRules: readonly Rule[] = [
  perFile('a function has at most 70 lines', longFunctions),
  perFile('a file has at most 400 lines', longFiles),
  perFile('a file has at most 7 exports', manyExports),
  perFile('a function has at most 5 parameters', manyParameters),
  perFile('a class has at most 12 public methods and 10 fields', largeClasses),
];

function perFile(name: string, check: (file: SourceFile) => Finding[]): Rule {
  return { name, check: (tree) => tree.files.filter((file) => !isProof(file.path)).flatMap(check) };
}

function longFunctions(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  walk(file.ast, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return;
    const first = lineOf(node);
    const last = file.ast.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
    const count = last - first + 1;
    if (count > FUNCTION_LINES_MAX) {
      findings.push({ path: file.path, line: first, message: `${nameOf(node)} has ${count} lines` });
    }
  });
  return findings;
}

function longFiles(file: SourceFile): Finding[] {
  const count = file.text.split('\n').length - (file.text.endsWith('\n') ? 1 : 0);
  return count > FILE_LINES_MAX ? [{ path: file.path, line: 1, message: `${count} lines` }] : [];
}

function manyExports(file: SourceFile): Finding[] {
  if (file.path.endsWith('/index.ts')) return [];
  const names = exportedNames(file.ast);
  return names.size > EXPORTS_MAX
    ? [{ path: file.path, line: 1, message: `${names.size} exports: ${[...names].join(', ')}` }]
    : [];
}

function exportedNames(ast: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of ast.statements) {
    if (ts.isExportDeclaration(statement)) {
      if (statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)) {
        for (const element of statement.exportClause.elements) names.add(element.name.text);
      }
      continue;
    }
    const isExported = ts.canHaveModifiers(statement) && hasModifier(statement, ts.SyntaxKind.ExportKeyword);
    if (!isExported) continue;
    if (ts.isVariableStatement(statement)) {
      for (const declared of statement.declarationList.declarations) names.add(declared.name.getText(ast));
    } else {
      names.add(nameOf(statement));
    }
  }
  return names;
}

function manyParameters(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  walk(file.ast, (node) => {
    if (!ts.isFunctionLike(node) || ts.isConstructorDeclaration(node)) return;
    if (node.parameters.length > PARAMETERS_MAX) {
      findings.push({ path: file.path, line: lineOf(node), message: `${nameOf(node)}: ${node.parameters.length}` });
    }
  });
  return findings;
}

function largeClasses(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  walk(file.ast, (node) => {
    if (!ts.isClassDeclaration(node) && !ts.isClassExpression(node)) return;
    const methods = node.members.filter((member) => ts.isMethodDeclaration(member) && isPublic(member)).length;
    const declared = node.members.filter((member) => ts.isPropertyDeclaration(member) && !isStatic(member)).length;
    const fields = declared + parameterProperties(node);
    if (methods <= PUBLIC_METHODS_MAX && fields <= FIELDS_MAX) return;
    findings.push({
      path: file.path,
      line: lineOf(node),
      message: `${nameOf(node)} has ${methods} public methods and ${fields} fields`,
    });
  });
  return findings;
}

function parameterProperties(node: ts.ClassLikeDeclaration): number {
  const made = node.members.find(ts.isConstructorDeclaration);
  return made?.parameters.filter((parameter) => ts.isParameterPropertyDeclaration(parameter, made)).length ?? 0;
}

function isPublic(member: ts.ClassElement): boolean {
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return false;
  if (!ts.canHaveModifiers(member)) return true;
  return !hasModifier(member, ts.SyntaxKind.PrivateKeyword) && !hasModifier(member, ts.SyntaxKind.ProtectedKeyword);
}

function isStatic(member: ts.ClassElement): boolean {
  return ts.canHaveModifiers(member) && hasModifier(member, ts.SyntaxKind.StaticKeyword);
}

function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false;
}

function nameOf(node: ts.Node): string {
  const named = ts.getNameOfDeclaration(node as ts.Declaration); // The compiler answers undefined for nodes that declare nothing.
  return named?.getText(node.getSourceFile()) ?? '(anonymous)';
}
