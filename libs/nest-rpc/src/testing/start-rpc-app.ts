import 'reflect-metadata';
import { type INestMicroservice, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RookeryClient } from '../rookery-client.js';
import type { RookeryClientOptions } from '../rookery-client.options.js';
import { RookeryServer } from '../rookery-server.js';
import type { RookeryServerOptions } from '../rookery-server.options.js';

/** A microservice on a random loopback port, and a client of it. */
export interface RpcApp {
  readonly app: INestMicroservice;
  readonly server: RookeryServer;
  readonly client: RookeryClient;
  readonly url: string;
  /** Closes the client, then the application. */
  close(): Promise<void>;
}

/** What a spec may set. */
export interface RpcAppSettings {
  readonly module?: ModuleMetadata | undefined;
  readonly server?: RookeryServerOptions | undefined;
  readonly client?: Omit<RookeryClientOptions, 'url'> | undefined;
  /** Runs before `listen`: the place for `useGlobalFilters` and the like. */
  readonly prepare?: ((app: INestMicroservice) => void) | undefined;
}

/** Starts a real Nest microservice with these controllers over loopback. */
export async function startRpcApp(controllers: Type[], settings: RpcAppSettings = {}): Promise<RpcApp> {
  const server = new RookeryServer(settings.server);
  const app = await NestFactory.createMicroservice(moduleOf({ ...settings.module, controllers }), {
    strategy: server,
    logger: false,
    abortOnError: false,
  });
  settings.prepare?.(app);
  await app.listen();
  const url = urlOf(server);
  const client = new RookeryClient({ ...settings.client, url });
  return {
    app,
    server,
    client,
    url,
    async close() {
      await client.close();
      await app.close();
    },
  };
}

/** A fresh module class, so that specs do not share one. */
export function moduleOf(metadata: ModuleMetadata): Type {
  class SpecModule {}
  Module(metadata)(SpecModule);
  return SpecModule;
}

/** Where a listening server is reached. */
export function urlOf(server: RookeryServer): string {
  const address = server.address();
  return 'path' in address ? `rookery+unix://${address.path}` : `rookery://${address.host}:${address.port}`;
}
