import { Module } from '@nestjs/common';
import { type Broker, createBroker, resolveBrokerOptions } from '#broker';
import { BrokerLifecycle } from './broker.lifecycle.js';
import { type BrokerModuleOptions, ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './broker.module-definition.js';
import { BROKER } from './broker.tokens.js';
import { brokerPlatform } from './broker-platform.js';

/**
 * A broker with its name server inside a Nest application: `BrokerModule.forRoot({ dataDir: './data', port: 4000 })`.
 * The application does not start when the options are wrong, the data directory is in use or the port is taken.
 */
@Module({
  providers: [
    {
      provide: BROKER,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: ({ dataDir, store, mq, registry, platform }: BrokerModuleOptions): Promise<Broker> =>
        createBroker(resolveBrokerOptions({ dataDir, store, mq, registry }), brokerPlatform(platform)),
    },
    BrokerLifecycle,
  ],
  exports: [BROKER, BrokerLifecycle],
})
export class BrokerModule extends ConfigurableModuleClass {}
