import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { runBroker } from './run-broker.js';

// The broker's heap is small and its buffers are many: left alone, V8 takes their memory for growth of the heap and collects all of it
// 40 times a second, a quarter of the processor. Measured and weighed in docs/adr/0004-let-the-collector-wait-for-buffers.md.
setFlagsFromString('--heap-growing-percent=800');

// Read next: run-broker.ts (options -> application -> listen -> end), then broker-app.module.ts (what is wired to what).
void runBroker(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
