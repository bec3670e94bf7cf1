import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { BrokerOptions } from '#broker';
import { BrokerModule } from '#nest-broker';
import type { Platform } from '#platform';
import { ReceiveAndAckController } from './controllers/receive-and-ack.controller.js';
import { RegistryController } from './controllers/registry.controller.js';
import { SendController } from './controllers/send.controller.js';
import { TopicsAndGroupsController } from './controllers/topics-and-groups.controller.js';
import { RpcErrorFilter } from './rpc-error.filter.js';

/** The broker process as a Nest application: the broker from libs/broker, and one controller per concern in front of it. */
@Module({})
export class BrokerAppModule {
  /** `options` are complete; the module adds nothing to them. */
  static forRoot(options: BrokerOptions, platform: Platform): DynamicModule {
    return {
      module: BrokerAppModule,
      imports: [BrokerModule.forRoot({ ...options, platform })],
      controllers: [SendController, ReceiveAndAckController, TopicsAndGroupsController, RegistryController],
      providers: [{ provide: APP_FILTER, useClass: RpcErrorFilter }],
    };
  }
}
