import { resolve } from 'node:path';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Broker } from '#broker';
import { BROKER } from '#nest-broker';
import { RookeryServer } from '#nest-rpc';
import { JsonLogger, NodeClock, nodePlatform, type Platform } from '#platform';
import { formatRookeryUrl } from '#rpc';
import { BrokerAppModule } from './broker-app.module.js';
import { EXIT } from './exit-codes.js';
import { nestLogAdapter } from './nest-log-adapter.js';
import type { BrokerAppOptions } from './options/broker-app.options.js';
import { startFailure } from './start-failure.js';

/** Starts the broker, says where it listens, and resolves with the exit code once it was stopped or failed. */
export async function serveBroker(options: BrokerAppOptions): Promise<number> {
  const platform = platformOf(options);
  const stopSignal = nextStopSignal();
  process.on('uncaughtException', (error) => exitAfterBug(platform, error));
  process.on('unhandledRejection', (error) => exitAfterBug(platform, error));
  const server = new RookeryServer(
    { ...options.listen, auth: authOf(options), shutdownTimeout: options.shutdownTimeoutMs },
    platform,
  );
  let app: INestMicroservice | undefined;
  try {
    app = await NestFactory.createMicroservice(BrokerAppModule.forRoot(options.broker, platform), {
      strategy: server,
      logger: nestLogAdapter(platform.logger),
      abortOnError: false,
    });
    await app.listen();
  } catch (error) {
    await app?.close();
    const { exitCode, message } = startFailure(error, options);
    process.stderr.write(`rookery: ${message}\n`);
    return exitCode;
  }
  const broker = app.get<Broker>(BROKER);
  announce(server, broker, options);
  return await Promise.race([failed(broker), stopSignal.then(() => drained(app, broker))]);
}

function announce(server: RookeryServer, broker: Broker, options: BrokerAppOptions): void {
  const directory = resolve(options.broker.dataDir);
  const recoveryMs = Math.round(broker.recoveryMs);
  process.stdout.write(
    `rookery broker listening on ${formatRookeryUrl(server.address())}, data in ${directory}, recovered in ${recoveryMs} ms, pid ${process.pid}\n`,
  );
}

/** Refuse new work, answer who waits, finish what runs (bounded by the server's drain), close the store: in this order. */
async function drained(app: INestMicroservice, broker: Broker): Promise<number> {
  broker.drain();
  await app.close();
  return EXIT.ok;
}

async function failed(broker: Broker): Promise<number> {
  const { message } = await broker.failed;
  process.stderr.write(`rookery: the store failed and the broker stops: ${message}\n`);
  return EXIT.failed;
}

/** Resolves at the first SIGTERM or SIGINT; the second ends the process at once. */
function nextStopSignal(): Promise<void> {
  return new Promise((stop) => {
    let isStopping = false;
    for (const [signal, exitCode] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(exitCode);
        isStopping = true;
        stop();
      });
    }
  });
}

function exitAfterBug(platform: Platform, error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  platform.logger.error('a bug stopped the broker', { error: text });
  process.exit(EXIT.failed);
}

function platformOf(options: BrokerAppOptions): Platform {
  const clock = new NodeClock();
  const write = (line: string) => void process.stderr.write(line);
  return nodePlatform({ clock, logger: new JsonLogger({ level: options.logLevel, write, clock }) });
}

function authOf({ listen: { token } }: BrokerAppOptions): { readonly token: string } | undefined {
  return token === undefined ? undefined : { token };
}
