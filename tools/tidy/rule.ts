import type { SourceTree } from './source-tree.js';

/** One place that breaks a rule. */
export interface Finding {
  readonly path: string;
  /** 1-based; 1 when the whole file is meant. */
  readonly line: number;
  readonly message: string;
}

/** One house rule: its name is the title of its test. */
export interface Rule {
  readonly name: string;
  check(tree: SourceTree): Finding[];
}
