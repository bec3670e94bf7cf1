// The packed package works where nothing of this repository is: its entry points load, its binary answers.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'rookery-package-'));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function run(file, args, cwd) {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  process.stderr.write(`${file} ${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}\n`);
  rmSync(folder, { recursive: true, force: true });
  return process.exit(1);
}

// The build of the step before is packed; `prepack` would only make it again.
run(npm, ['pack', '--ignore-scripts', '--pack-destination', folder], root);
const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
const peers = Object.keys(manifest.peerDependencies).map((name) => {
  const version = manifest.devDependencies[name] ?? manifest.peerDependencies[name];
  return `${name}@${version}`;
});
writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'scratch', version: '1.0.0', type: 'module' }));
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
run(npm, ['install', ...quiet, join(folder, tarball), ...peers], folder);

const entries = Object.keys(manifest.exports).filter((name) => name !== './package.json');
const code = entries
  .map((name) => `const m${entries.indexOf(name)} = await import('rookery${name.slice(1)}');`)
  .concat(`if ([${entries.map((_, at) => `m${at}`)}].some((m) => Object.keys(m).length === 0)) process.exit(2);`)
  .join('\n');
writeFileSync(join(folder, 'load.mjs'), `import 'reflect-metadata';\n${code}\n`);
run(process.execPath, ['load.mjs'], folder);
const version = run(join(folder, 'node_modules', '.bin', 'rookery'), ['--version'], folder).trim();
if (!version.includes(manifest.version)) {
  process.stderr.write(`rookery --version says ${version}, not ${manifest.version}\n`);
  process.exit(1);
}
process.stdout.write(`the package loads by ${entries.join(', ')}; rookery --version says ${version}\n`);
rmSync(folder, { recursive: true, force: true });
