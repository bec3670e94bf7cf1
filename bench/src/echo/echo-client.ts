import 'reflect-metadata';
import { createConnection } from 'node:net';
import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices';
import { RookeryClient } from 'rookery/rpc';
import { firstValueFrom } from 'rxjs';
import { percentile } from '../statistics.js';

/**
 * Closed-loop load on an echo server: `inFlight` callers, each sends its next call when the last is answered.
 * Arguments: KIND PORT IN_FLIGHT SECONDS. Sends one EchoResult to its parent.
 */
export interface EchoResult {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const [kind = 'rookery', portText = '0', inFlightText = '64', secondsText = '5'] = process.argv.slice(2);
const port = Number(portText);
const inFlightCount = Number(inFlightText);
const measureMs = Number(secondsText) * 1000;
const WARM_UP_MS = 1_500;
/** Bytes of one raw echo: about what the small object below takes in JSON. */
const RAW_BYTES = 100;

function payload(number: number) {
  return { id: number & 0xffff, name: `user-${number & 1023}`, tags: ['alpha', 'beta'], amount: 12.5, active: true };
}

async function connectRaw(): Promise<(number: number) => Promise<unknown>> {
  const socket = createConnection(port, '127.0.0.1');
  socket.setNoDelay(true);
  await new Promise((resolve) => socket.once('connect', resolve));
  const waiting: ((value?: unknown) => void)[] = [];
  let receivedBytes = 0;
  let pendingCount = 0;
  socket.on('data', (chunk) => {
    receivedBytes += chunk.length;
    for (; receivedBytes >= RAW_BYTES; receivedBytes -= RAW_BYTES) waiting.shift()?.();
  });
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      pendingCount += 1;
      if (pendingCount > 1) return;
      queueMicrotask(() => {
        socket.write(Buffer.alloc(RAW_BYTES * pendingCount));
        pendingCount = 0;
      });
    });
}

async function connectProxy(): Promise<(number: number) => Promise<unknown>> {
  const proxy: ClientProxy =
    kind === 'nest-tcp'
      ? ClientProxyFactory.create({ transport: Transport.TCP, options: { port } })
      : ClientProxyFactory.create({ customClass: RookeryClient, options: { url: `rookery://127.0.0.1:${port}` } });
  await proxy.connect();
  return (number) => firstValueFrom(proxy.send('echo', payload(number)));
}

const call = await (kind === 'raw' ? connectRaw() : connectProxy());
const latenciesMs: number[] = [];
let callCount = 0;
let isMeasuring = false;

async function caller(start: number): Promise<never> {
  for (let number = start; ; number += inFlightCount) {
    const startedMs = performance.now();
    await call(number);
    if (!isMeasuring) continue;
    callCount += 1;
    if ((callCount & 15) === 0 || inFlightCount === 1) latenciesMs.push(performance.now() - startedMs);
  }
}

for (let number = 0; number < inFlightCount; number += 1) void caller(number);
await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
isMeasuring = true;
const startedMs = performance.now();
await new Promise((resolve) => setTimeout(resolve, measureMs));
isMeasuring = false;
const elapsedMs = performance.now() - startedMs;
latenciesMs.sort((a, b) => a - b);
const result: EchoResult = {
  callsPerSecond: Math.round((callCount / elapsedMs) * 1000),
  p50Ms: percentile(latenciesMs, 0.5),
  p99Ms: percentile(latenciesMs, 0.99),
};
process.send?.(result, () => process.exit(0));
