import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { MqConnection } from './produce/mq-connection.js';

/** Closes the producer last: consumers are closed before this hook runs, and their handlers may send until then. */
@Injectable()
export class MqClientsLifecycle implements OnApplicationShutdown {
  constructor(@Inject(MqConnection) private readonly connection: MqConnection) {}

  onApplicationShutdown(): Promise<void> {
    return this.connection.close();
  }
}
