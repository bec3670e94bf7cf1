import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { BrokerSettings } from '#broker';
import type { Platform } from '#platform';

/** A broker inside a Nest application: where its data is, where it listens, and the options of its parts. */
export interface BrokerModuleOptions extends BrokerSettings {
  /** Listens here for clients; 0 = any free port. Left out: the application serves the operations itself, or uses the broker in process only. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1. Others than loopback need `auth`. */
  readonly host?: string | undefined;
  readonly auth?: { readonly token: string } | undefined;
  /** Replaces parts of the real world: another logger, a simulated disk in tests. Default: Node's, logging through Nest's logger. */
  readonly platform?: Partial<Platform> | undefined;
}

/** Nest's own builder makes `forRoot` and `forRootAsync` of these options. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<BrokerModuleOptions>({
  moduleName: 'RookeryBroker',
})
  .setClassMethodName('forRoot')
  .build();
