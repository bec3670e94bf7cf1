import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ProducerSettings } from '#mq-client';
import type { RookeryMqServerOptions } from './consume/rookery-mq-server.js';

/** What `MqModule.forRoot` takes. */
export interface MqModuleOptions extends RookeryMqServerOptions {
  /** How the producer gathers, sends and retries. */
  readonly producer?: ProducerSettings | undefined;
}

/** Token of the options. Nest prints it when nothing provides it, so it says what to do. */
export const MQ_MODULE_OPTIONS = 'MqModuleOptions [is MqModule.forRoot(...) imported in the root module?]';

/** Nest's builder makes `forRoot` and `forRootAsync`; the module is global, so `MqProducer` can be injected anywhere. */
export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<MqModuleOptions>({
  optionsInjectionToken: MQ_MODULE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, extras) => ({ ...definition, global: extras.isGlobal }))
  .build();
