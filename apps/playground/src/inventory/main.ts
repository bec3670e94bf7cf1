import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { RookeryServer } from 'rookery/rpc';
import { announceReady } from '../demo/child/announce.js';
import { brokerUrl, setting } from '../demo/child/setting.js';
import { InventoryModule } from './inventory.module.js';

/** One of the two inventory processes: a Nest microservice that registers itself as an instance of `inventory`. */
const name = setting('ROOKERY_DEMO_NAME');
const app = await NestFactory.createMicroservice(InventoryModule.forWarehouse(name), {
  strategy: new RookeryServer({
    service: { name: 'inventory', version: '1.0.0' },
    registry: { kind: 'rookery', url: brokerUrl() },
  }),
  logger: ['error', 'warn'],
});
app.enableShutdownHooks();
await app.listen();
announceReady();
