import 'reflect-metadata';
import { runBroker } from './run-broker.js';

// Read next: run-broker.ts (options -> application -> listen -> end), then broker-app.module.ts (what is wired to what).
void runBroker(process.argv.slice(2)).then((exitCode) => {
  // A pipe may still hold what was written; leaving at once would cut it off.
  process.stdout.write('', () => process.exit(exitCode));
});
