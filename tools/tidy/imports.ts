import { mayImport } from './import-table.js';
import { isProof, roomOf } from './rooms.js';
import type { Finding, Rule } from './rule.js';
import type { ImportRef, SourceFile, SourceTree } from './source-tree.js';

/** Arrows between rooms, entry points, cycles. */
export const importRules: readonly Rule[] = [
  { name: 'a library imports only what the table allows', check: forbiddenArrows },
  { name: 'a library is entered by its index', check: (tree) => eachImport(tree, deepImport) },
  { name: 'inside a library an import names the defining file', check: (tree) => eachImport(tree, importOfOwnIndex) },
  { name: 'a relative import ends in .js and exists', check: (tree) => eachImport(tree, badRelative) },
  { name: 'there is no import cycle, types included', check: importCycles },
];

function eachImport(tree: SourceTree, check: (file: SourceFile, ref: ImportRef) => string | undefined): Finding[] {
  return tree.files.flatMap((file) =>
    file.imports.flatMap((ref) => {
      const message = check(file, ref);
      return message === undefined ? [] : [{ path: file.path, line: ref.line, message }];
    }),
  );
}

function forbiddenArrows(tree: SourceTree): Finding[] {
  return eachImport(tree, (file, ref) => {
    const from = roomOf(file.path);
    const to = /^#([a-z-]+)(\/testing)?$/.exec(ref.specifier);
    if (to === null || !from.startsWith('libs/')) return undefined;
    const isTesting = to[2] !== undefined;
    if (isTesting && !isProof(file.path) && from !== 'libs/testing')
      return `${ref.specifier}: testing entry points are for proof only`;
    // A spec may look at any library's testing entry; production arrows bind it otherwise, so that a spec cannot hide a dependency.
    if (isTesting) return undefined;
    return mayImport(from.slice('libs/'.length), to[1] ?? '') ? undefined : `${from} -> ${ref.specifier}`;
  });
}

function deepImport(file: SourceFile, ref: ImportRef): string | undefined {
  if (ref.specifier.startsWith('#')) {
    return /^#[a-z-]+(\/testing)?$/.test(ref.specifier) ? undefined : `${ref.specifier} enters a library by its inside`;
  }
  const isOutside = ref.target !== undefined && roomOf(ref.target) !== roomOf(file.path);
  // The command line starts the broker application; an application has no index to enter by.
  if (roomOf(file.path) === 'libs/cli' && ref.target?.startsWith('apps/broker/src/') === true) return undefined;
  const isGuarded = ref.target?.startsWith('libs/') === true || ref.target?.startsWith('apps/') === true;
  return isOutside && isGuarded ? `${ref.specifier} enters ${roomOf(ref.target ?? '')} by its inside` : undefined;
}

function importOfOwnIndex(file: SourceFile, ref: ImportRef): string | undefined {
  const isLibrary = file.path.startsWith('libs/') && ref.target !== undefined;
  const isOwnIndex = isLibrary && ref.target === `${roomOf(file.path)}/src/index.ts`;
  return isOwnIndex && !isProof(file.path) ? `${ref.specifier} is this library's own index` : undefined;
}

function badRelative(_file: SourceFile, ref: ImportRef): string | undefined {
  if (!ref.specifier.startsWith('.')) return undefined;
  if (!ref.specifier.endsWith('.js') && !ref.specifier.endsWith('.mjs') && !ref.specifier.endsWith('.json')) {
    return `${ref.specifier} does not end in .js`;
  }
  return ref.target === undefined && ref.specifier.endsWith('.js') ? `${ref.specifier} does not exist` : undefined;
}

/** Strongly connected groups of files (Tarjan 1972). */
function importCycles(tree: SourceTree): Finding[] {
  const edges = new Map(tree.files.map((file) => [file.path, file.imports]));
  const state = { next: 0, order: new Map<string, number>(), low: new Map<string, number>(), stack: [] as string[] };
  const onStack = new Set<string>();
  const findings: Finding[] = [];
  const visit = (path: string): void => {
    state.order.set(path, state.next);
    state.low.set(path, state.next);
    state.next += 1;
    state.stack.push(path);
    onStack.add(path);
    for (const { target } of edges.get(path) ?? []) {
      if (target === undefined || !edges.has(target)) continue;
      if (!state.order.has(target)) {
        visit(target);
        lower(path, state.low.get(target) ?? 0);
      } else if (onStack.has(target)) lower(path, state.order.get(target) ?? 0);
    }
    if (state.low.get(path) !== state.order.get(path)) return;
    const group = popGroup(path);
    const isSelf = edges.get(path)?.some(({ target }) => target === path) === true;
    if (group.length > 1 || isSelf) findings.push({ path, line: 1, message: `cycle: ${group.sort().join(' <-> ')}` });
  };
  const lower = (path: string, value: number): void => {
    state.low.set(path, Math.min(state.low.get(path) ?? value, value));
  };
  const popGroup = (root: string): string[] => {
    const group: string[] = [];
    for (;;) {
      const path = state.stack.pop();
      if (path === undefined) return group;
      onStack.delete(path);
      group.push(path);
      if (path === root) return group;
    }
  };
  for (const { path } of tree.files) if (!state.order.has(path)) visit(path);
  return findings;
}
