import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Broker, bindBroker } from '#broker';
import { OptionsError, type SocketAddress } from '#platform';
import { createRpcServer, type RpcServer } from '#rpc';
import { type BrokerModuleOptions, MODULE_OPTIONS_TOKEN } from './broker.module-definition.js';
import { BROKER } from './broker.tokens.js';
import { brokerPlatform } from './broker-platform.js';

/** Starts listening when the application is up and stops the broker when everything that uses it has stopped. */
@Injectable()
export class BrokerLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly server: RpcServer | undefined;

  constructor(
    @Inject(BROKER) private readonly broker: Broker,
    @Inject(MODULE_OPTIONS_TOKEN) options: BrokerModuleOptions,
  ) {
    this.server = serverOf(options);
  }

  /** Where the broker listens. Undefined when the options name no port. @throws {RpcError} FAILED_PRECONDITION before the application is up. */
  get address(): SocketAddress | undefined {
    return this.server?.address;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.server === undefined) return;
    bindBroker(this.broker, this.server);
    await this.server.listen();
  }

  /** Nest calls this after the transports are closed, so consumers of this process could still acknowledge. */
  async onApplicationShutdown(): Promise<void> {
    this.broker.drain();
    await this.server?.close();
    await this.broker.stop();
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

function serverOf({ port, host = '127.0.0.1', auth, platform }: BrokerModuleOptions): RpcServer | undefined {
  if (port === undefined) return undefined;
  if (auth === undefined && !LOOPBACK.test(host)) {
    throw new OptionsError([
      { path: 'host', problem: `${host} is reachable from other machines and there is no auth.token` },
    ]);
  }
  return createRpcServer({ port, host, token: auth?.token, name: 'broker' }, brokerPlatform(platform));
}
