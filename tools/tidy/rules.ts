import { importRules } from './imports.js';
import { leftoverRules } from './leftovers.js';
import { namingRules } from './naming.js';
import { outsideWorldRules } from './outside-world.js';
import { pageRules } from './pages.js';
import type { Rule } from './rule.js';
import { sizeRules } from './sizes.js';

/** The house rules, all of them; tools/tidy.spec.ts runs each over the tree. */
export const rules: readonly Rule[] = [
  ...sizeRules,
  ...namingRules,
  ...importRules,
  ...outsideWorldRules,
  ...leftoverRules,
  ...pageRules,
];
