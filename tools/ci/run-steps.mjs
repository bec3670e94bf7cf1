// Runs the steps one after the other, times them, counts their results, and closes with one line.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addCounts, closingLine, countExit, countJest, countVerdict } from './count-results.mjs';
import { jestResultPath, steps } from './steps.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Runs one command in a process group of its own, so that its time limit ends everything it started. */
function runCommand([file, ...args], limitMs, isCaptured) {
  return new Promise((resolve) => {
    const stdio = ['ignore', isCaptured ? 'pipe' : 'inherit', 'inherit'];
    const child = spawn(file, args, { cwd: root, stdio, detached: true });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
    const limit = setTimeout(() => {
      process.stdout.write(`\nstopped: not done within ${limitMs / 1000} s\n`);
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended in the same moment.
      }
    }, limitMs);
    const end = (exitCode) => {
      clearTimeout(limit);
      resolve({ exitCode: exitCode ?? 1, output });
    };
    child.once('error', (error) => {
      process.stdout.write(`${error.message}\n`);
      end(1);
    });
    child.once('close', end);
  });
}

async function runStep({ command, limitMs, count }) {
  rmSync(jestResultPath, { force: true });
  const { exitCode, output } = await runCommand(command, limitMs, count === 'verdict');
  if (count === 'exit') return countExit(exitCode);
  if (count === 'verdict') return countVerdict(exitCode, output);
  let report = '';
  try {
    report = readFileSync(jestResultPath, 'utf8');
  } catch {
    // Counted as a failure below.
  }
  return countJest(exitCode, report);
}

const counts = [];
const lines = [];
let isStopped = false;
for (const step of steps) {
  if (isStopped) {
    counts.push({ passed: 0, failed: 0, skipped: 1 });
    lines.push(`skipped            ${step.name}`);
    continue;
  }
  process.stdout.write(`\n=== ${step.name}: ${step.command.slice(1).join(' ')}\n`);
  const startedMs = performance.now();
  const count = await runStep(step);
  counts.push(count);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(7);
  const line = `${count.failed > 0 ? 'FAILED' : 'ok    '} ${seconds} s  ${step.name} (${closingLine(count)})`;
  lines.push(line);
  process.stdout.write(`--- ${line}\n`);
  isStopped = count.failed > 0 && step.stops === true;
}
rmSync(jestResultPath, { force: true });
const total = addCounts(counts);
process.stdout.write(`\n${lines.join('\n')}\n${closingLine(total)}\n`);
process.exitCode = total.failed === 0 && total.skipped === 0 ? 0 : 1;
