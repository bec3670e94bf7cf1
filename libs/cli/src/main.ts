#!/usr/bin/env node
import { runCli } from './run-cli.js';

// Whoever reads us may have had enough (`rookery consume ... | head`): that is no failure.
process.stdout.on('error', () => process.exit(0));

void runCli(process.argv.slice(2)).then((exitCode) => {
  // A pipe may still hold what was written; leaving at once would cut it off.
  process.stdout.write('', () => process.exit(exitCode));
});
