import { rules } from './rules.js';
import { makeSourceTree } from './source-tree.js';

const DOC = '/** Doc. */\n';
const lines = (count: number): string => Array.from({ length: count }, (_, index) => `  work(${index});`).join('\n');
const members = (count: number, text: string): string =>
  Array.from({ length: count }, (_, index) => text.replaceAll('N', String(index))).join('\n');

/** For each rule one or more small trees that break it and one neighbour that does not. */
const samples: Record<string, { bad: Record<string, string>[]; good: Record<string, string> }> = {
  'a function has at most 70 lines': {
    bad: [{ 'libs/store/src/a.ts': `function long() {\n${lines(69)}\n}\n` }],
    good: {
      'libs/store/src/a.ts': `function fits() {\n${lines(68)}\n}\n`,
      'libs/store/src/a.spec.ts': `it('x', () => {\n${lines(90)}\n});\n`,
    },
  },
  'a file has at most 400 lines': {
    bad: [{ 'apps/broker/src/a.ts': `${lines(401)}\n` }],
    good: { 'apps/broker/src/a.ts': `${lines(400)}\n`, 'test/crash/a.ts': lines(500) },
  },
  'a file has at most 7 exports': {
    bad: [{ 'libs/mq/src/a.ts': members(8, 'export const aN = N;') }],
    good: {
      'libs/mq/src/a.ts': members(7, 'export const aN = N;'),
      'libs/mq/src/index.ts': members(9, 'export const aN = N;'),
    },
  },
  'a function has at most 5 parameters': {
    bad: [{ 'libs/mq/src/a.ts': 'const f = (a: 1, b: 1, c: 1, d: 1, e: 1, f: 1) => a;' }],
    good: { 'libs/mq/src/a.ts': 'const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => a;' },
  },
  'a class has at most 12 public methods and 10 fields': {
    bad: [
      { 'libs/mq/src/a.ts': `class A {\n${members(13, 'mN() {}')}\n}` },
      { 'libs/mq/src/a.ts': `class A {\n${members(10, 'private fN = N;')}\nconstructor(readonly g: 1) {}\n}` },
    ],
    good: {
      'libs/mq/src/a.ts': `class A {\n${members(12, 'mN() {}')}\nprivate p() {}\n#q() {}\n${members(10, 'fN = N;')}\n}`,
    },
  },
  'a file is named after one concept, in lower-case words joined by hyphens': {
    bad: [{ 'libs/mq/src/utils.ts': '' }, { 'libs/mq/src/mq-helpers.ts': '' }, { 'libs/mq/src/MqThing.ts': '' }],
    good: { 'libs/mq/src/lease-table.ts': '', 'libs/mq/src/entry.format.ts': '', 'libs/mq/src/crc32.spec.ts': '' },
  },
  'an export names what it exports': {
    bad: [
      { 'libs/mq/src/index.ts': "export * from './a.js';" },
      { 'libs/mq/src/index.ts': "export * as a from './a.js';" },
    ],
    good: { 'libs/mq/src/index.ts': "export { a } from './a.js';" },
  },
  'an exported name has a doc comment': {
    bad: [{ 'libs/mq/src/a.ts': 'export const a = 1;' }, { 'apps/broker/src/a.ts': '// why\nexport class A {}' }],
    good: {
      'libs/mq/src/a.ts': `${DOC}export const a = 1;\n${DOC}export function f(x: 1): 1;\nexport function f(x: 2): 2;\nexport function f(x: 1 | 2) { return x; }`,
    },
  },
  'a file with behaviour has a spec beside it': {
    bad: [{ 'libs/mq/src/a.ts': 'function a() {}' }, { 'apps/broker/src/a.ts': 'const a = () => 1;' }],
    good: {
      'libs/mq/src/a.ts': 'function a() {}',
      'libs/mq/src/a.spec.ts': '',
      'libs/mq/src/b.ts': 'interface B {}\ntype C = 1;',
      'libs/mq/src/deep/c.ts': 'function c() {}',
      'libs/mq/src/all.spec.ts': "import { c } from './deep/c.js';",
      'libs/mq/src/index.ts': "export { a } from './a.js';",
    },
  },
  'a library imports only what the table allows': {
    bad: [
      { 'libs/store/src/a.ts': "import { mq } from '#mq';" },
      { 'libs/store/src/a.ts': "let x: import('#mq').Mq;" },
      { 'libs/mq/src/a.ts': "import { p } from '#platform/testing';" },
      { 'libs/testing/src/a.ts': "import { p } from '#cli';" },
      { 'libs/unheard/src/a.ts': "import { p } from '#platform';" },
    ],
    good: {
      'libs/mq/src/a.ts': "import { s } from '#store';",
      'libs/mq/src/a.spec.ts': "import { s } from '#platform/testing';",
      'test/crash/a.ts': "import { s } from '#mq';",
    },
  },
  'a library is entered by its index': {
    bad: [
      { 'libs/mq/src/a.ts': "import { b } from '../../store/src/b.js';", 'libs/store/src/b.ts': '' },
      { 'libs/mq/src/a.ts': "import { b } from '#store/commit-log';" },
      { 'test/crash/a.ts': "import { b } from '../../libs/store/src/b.js';", 'libs/store/src/b.ts': '' },
    ],
    good: { 'libs/mq/src/a.ts': "import { b } from './b.js';", 'libs/mq/src/b.ts': '' },
  },
  'inside a library an import names the defining file': {
    bad: [
      { 'libs/mq/src/a.ts': "import { b } from './index.js';", 'libs/mq/src/index.ts': '' },
      { 'libs/mq/src/a.ts': "import { b } from '#mq';", 'libs/mq/src/index.ts': '' },
    ],
    good: { 'libs/mq/src/a.spec.ts': "import { b } from './index.js';", 'libs/mq/src/index.ts': '' },
  },
  'a relative import ends in .js and exists': {
    bad: [{ 'libs/mq/src/a.ts': "import { b } from './b';" }, { 'libs/mq/src/a.ts': "import { b } from './gone.js';" }],
    good: { 'libs/mq/src/a.ts': "import { b } from './b.js';", 'libs/mq/src/b.ts': '' },
  },
  'there is no import cycle, types included': {
    bad: [
      {
        'libs/mq/src/a.ts': "import type { B } from './b.js';",
        'libs/mq/src/b.ts': "import type { A } from './a.js';",
      },
      {
        'libs/mq/src/index.ts': "export { S } from './s.js';",
        'libs/mq/src/s.ts': "import { T } from '#store';",
        'libs/store/src/index.ts': "export { T } from './t.js';",
        'libs/store/src/t.ts': "import { S } from '#mq';",
      },
    ],
    good: {
      'libs/mq/src/a.ts': "import { B } from './b.js';",
      'libs/mq/src/b.ts': "import { C } from './c.js';",
      'libs/mq/src/c.ts': '',
    },
  },
  'time, chance, files and sockets are met only in libs/platform': {
    bad: [
      { 'libs/mq/src/a.ts': 'const t = Date.now();' },
      { 'libs/mq/src/a.ts': 'const t = new Date();' },
      { 'libs/mq/src/a.ts': 'setTimeout(f, 1);' },
      { 'libs/mq/src/a.spec.ts': 'globalThis.setTimeout(f, 1);' },
      { 'libs/mq/src/a.ts': 'const clock = { setTimeout };' },
      { 'libs/mq/src/a.ts': 'const r = Math.random();' },
      { 'apps/broker/src/a.ts': "import { open } from 'node:fs/promises';" },
      { 'libs/mq/src/a.ts': "import { hash } from 'node:crypto';" },
      { 'libs/mq/src/a.ts': 'performance.now();' },
    ],
    good: {
      'libs/platform/src/a.ts': 'Date.now(); setTimeout(f, 1);',
      'libs/mq/src/a.ts':
        'interface D { at: Date; setTimeout(ms: number): void }\nx.setTimeout(1); if (v instanceof Date) f();',
      'libs/mq/src/c.ts': 'const at = new Date(Date.UTC(2025, 0)); new Date(ms).toISOString();',
      'libs/mq/src/b.ts': "import { crc32 } from 'node:zlib'; queueMicrotask(f);",
    },
  },
  'process is met only in apps, libs/cli and libs/platform': {
    bad: [{ 'libs/mq/src/a.ts': 'process.exit(1);' }, { 'libs/mq/src/a.ts': "import { env } from 'node:process';" }],
    good: {
      'apps/broker/src/a.ts': 'process.exit(1);',
      'libs/mq/src/a.ts': 'job.process(1); const x = { process: 1 };',
    },
  },
  'Nest is met only in apps and libs/nest-*': {
    bad: [
      { 'libs/broker/src/a.ts': "import { Module } from '@nestjs/common';" },
      { 'libs/cli/src/a.ts': "await import('@nestjs/core');" },
    ],
    good: {
      'libs/nest-rpc/src/a.ts': "import { Module } from '@nestjs/common';",
      'apps/broker/src/a.ts': "import '@nestjs/core';",
    },
  },
  "Node's modules are imported with the node: prefix": {
    bad: [{ 'libs/mq/src/a.ts': "import fs from 'fs/promises';" }, { 'tools/a.ts': "import { join } from 'path';" }],
    good: { 'tools/a.ts': "import { join } from 'node:path';" },
  },
  'nothing is left unfinished, exclusive or skipped': {
    bad: [
      { 'libs/mq/src/a.ts': '// TODO later' },
      { 'libs/mq/src/a.spec.ts': "it.only('x', f);" },
      { 'libs/mq/src/a.spec.ts': "describe.skip('x', f);" },
      { 'libs/mq/src/a.spec.ts': "xit('x', f);" },
      { 'tools/a.mjs': '// FIXME' },
    ],
    good: { 'libs/mq/src/a.spec.ts': "it('x', () => exit(1)); reader.skip(4);" },
  },
  'nothing writes to the console object': {
    bad: [{ 'libs/mq/src/a.ts': 'console.log(1);' }, { 'tools/a.mjs': 'if (x) console.error(1);' }],
    good: { 'README.md': 'console.log(1)', 'libs/mq/src/a.ts': 'admin.console.log(1); run(`console.log(1)`);' },
  },
  'no file names a folder of one machine': {
    bad: [
      { 'docs/a.md': 'see /root/shared/x' },
      { 'libs/mq/src/a.ts': "const x = '/root/x';" },
      { '.ci/run': 'cd /home/me/x' },
    ],
    good: { 'docs/a.md': 'the network/root/x of docs/work/x' },
  },
  'every error code stands in docs/ERRORS.md': {
    bad: [
      {
        'libs/mq/src/mq-error.ts': "type MqErrorCode = 'closed' | 'gone';",
        'docs/ERRORS.md': '## `MqError`\n| `closed` | x | y |',
      },
      {
        'libs/mq/src/mq-error.ts': "type MqErrorCode = 'closed';",
        'docs/ERRORS.md': '## `StoreError`\n| `closed` | x | y |',
      },
      { 'libs/rpc/src/rpc-error.ts': "const RPC_CODES = ['OK'] as const;" },
      { 'libs/mq/src/refusal.ts': "type RefusalCode = 'gone';", 'docs/ERRORS.md': 'only prose on `gone`' },
    ],
    good: {
      'libs/mq/src/mq-error.ts': "type MqErrorCode = 'closed';",
      'docs/ERRORS.md': '## `MqError`\n| `closed` | when | what |',
    },
  },
  'every format and frame has a page in docs/formats': {
    bad: [
      { 'libs/store/src/entry.format.ts': '' },
      { 'libs/protocol/src/hello.frame.ts': '', 'docs/ERRORS.md': 'hello.frame.ts' },
    ],
    good: { 'libs/store/src/entry.format.ts': '', 'docs/formats/log.md': 'Code: `entry.format.ts`.' },
  },
  'every name in docs/ARCHITECTURE.md exists in the tree': {
    bad: [
      { 'docs/ARCHITECTURE.md': 'read `gone-file.ts`' },
      { 'docs/ARCHITECTURE.md': 'read `libs/gone/src`' },
      { 'docs/ARCHITECTURE.md': 'call `makeNothing()`' },
      { 'docs/ARCHITECTURE.md': 'a `GoneThing`' },
    ],
    good: {
      'docs/ARCHITECTURE.md':
        '`put-message.ts`, `libs/mq`, `libs/*/src`, `putMessage`, `MqBrain.send`, `npm run demo`, `ack`',
      'libs/mq/src/put-message.ts': 'class MqBrain { send() { putMessage(); } }',
    },
  },
};

describe('the house rules can fail', () => {
  for (const rule of rules) {
    it(`${rule.name}: fails on every bad sample and passes the good one`, () => {
      const sample = samples[rule.name];
      if (sample === undefined) throw new Error(`no sample for "${rule.name}"`);
      const silent = sample.bad.filter((texts) => rule.check(makeSourceTree(texts)).length === 0);
      expect(silent).toEqual([]);
      expect(rule.check(makeSourceTree(sample.good))).toEqual([]);
    });
  }

  it('has no sample of a rule that is gone', () => {
    const names = new Set(rules.map(({ name }) => name));
    expect(Object.keys(samples).filter((name) => !names.has(name))).toEqual([]);
  });
});
