import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { connectRookery } from 'rookery/rpc';
import { announceReady, type ParentMessage } from '../demo/child/announce.js';
import { ClientHistory } from '../demo/child/client-history.js';
import { killWhileSending } from '../demo/child/kill-while-sending.js';
import { brokerUrl } from '../demo/child/setting.js';
import { OrdersModule } from './orders.module.js';
import { SendHistory } from './send-history.js';

/** The order service: HTTP on any free port, and an instance of `orders` over RPC. */
const app = await NestFactory.create<NestExpressApplication>(OrdersModule, { logger: ['error', 'warn'] });
connectRookery(app, {
  rpc: { service: { name: 'orders', version: '1.0.0' }, registry: { kind: 'rookery', url: brokerUrl() } },
});
app.enableShutdownHooks();
await app.startAllMicroservices();
await app.listen(0, '127.0.0.1');
process.on('message', ({ pid }: ParentMessage) => killWhileSending(app.get(SendHistory), app.get(ClientHistory), pid));
announceReady((app.getHttpServer().address() as AddressInfo).port); // A listening TCP server has an address with a port.
