import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { RookeryMqServer } from 'rookery/mq';
import { announceReady } from '../demo/child/announce.js';
import { brokerUrl } from '../demo/child/setting.js';
import { PointsModule } from './points.module.js';

/** One of the two points processes. */
const app = await NestFactory.createMicroservice(PointsModule, {
  strategy: new RookeryMqServer({ brokers: brokerUrl() }),
  logger: ['error', 'warn'],
});
app.enableShutdownHooks();
await app.listen();
announceReady();
