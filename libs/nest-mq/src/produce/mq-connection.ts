import { Inject, Injectable } from '@nestjs/common';
import { createProducer, type Producer } from '#mq-client';
import { nestLogger } from '#nest-rpc';
import { nodePlatform } from '#platform';
import type { RpcChannel } from '#rpc';
import { openBrokerLink } from '../broker-link.js';
import { MQ_MODULE_OPTIONS, type MqModuleOptions } from '../mq.module-definition.js';

/** The module's connection to the broker, with its producer. Opened with the application, connected on first use. */
@Injectable()
export class MqConnection {
  readonly producer: Producer;
  private readonly channel: RpcChannel;

  /** @throws {OptionsError} when the options name no broker */
  constructor(@Inject(MQ_MODULE_OPTIONS) options: MqModuleOptions) {
    const platform = nodePlatform({ logger: nestLogger('MqModule') });
    this.channel = openBrokerLink(options, platform);
    this.producer = createProducer(options.producer ?? {}, this.channel, platform);
  }

  /** Settles what was accepted, then closes. */
  async close(): Promise<void> {
    await this.producer.close();
    await this.channel.close();
  }
}
