import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { RookeryMqServer } from 'rookery/mq';
import { announceReady } from '../demo/child/announce.js';
import { brokerUrl } from '../demo/child/setting.js';
import { AuditModule } from './audit.module.js';

/** The audit process: a plain Nest microservice whose transport is the queue. */
const app = await NestFactory.createMicroservice(AuditModule, {
  strategy: new RookeryMqServer({ brokers: brokerUrl() }),
  logger: ['error', 'warn'],
});
app.enableShutdownHooks();
await app.listen();
announceReady();
