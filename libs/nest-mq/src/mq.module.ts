import { Module } from '@nestjs/common';
import { ROOKERY_MQ_STRATEGY } from '#nest-rpc';
import { RookeryMqServer } from './consume/rookery-mq-server.js';
import { ConfigurableModuleClass, MQ_MODULE_OPTIONS, type MqModuleOptions } from './mq.module-definition.js';
import { MqClientsLifecycle } from './mq-clients.lifecycle.js';
import { MqConnection } from './produce/mq-connection.js';
import { MqProducer } from './produce/mq-producer.js';

/**
 * The queue for an application: `MqModule.forRoot({ brokers })` or `forRootAsync`, once. Provides `MqProducer`, and the strategy that
 * `connectRookery(app, { mq: true })` runs consumers with.
 */
@Module({
  providers: [
    MqConnection,
    MqProducer,
    MqClientsLifecycle,
    {
      provide: ROOKERY_MQ_STRATEGY,
      inject: [MQ_MODULE_OPTIONS],
      useFactory: (options: MqModuleOptions) => new RookeryMqServer(options),
    },
  ],
  exports: [MqProducer, ROOKERY_MQ_STRATEGY],
})
export class MqModule extends ConfigurableModuleClass {}
