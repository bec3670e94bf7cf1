import type { INestApplication, INestMicroservice } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { CustomTransportStrategy, MicroserviceOptions } from '@nestjs/microservices';
import { OptionsError } from '#platform';
import { RPC_MODULE_OPTIONS, type RpcModuleOptions } from './contract/rpc.module-definition.js';
import { RookeryServer } from './rookery-server.js';
import type { RookeryServerOptions } from './rookery-server.options.js';

/** Under this token a module of the application provides the strategy that `mq: true` attaches. */
export const ROOKERY_MQ_STRATEGY = Symbol.for('rookery.mq.strategy');

/** What `connectRookery` attaches to an application. */
export interface ConnectRookeryOptions {
  /** `true` = with the defaults: a free port on 127.0.0.1, name and registry as `RpcModule.forRoot` says. */
  readonly rpc?: RookeryServerOptions | boolean | undefined;
  /** `true` = the consumers, under the strategy that `MqModule` provides; or a strategy of your own. */
  readonly mq?: CustomTransportStrategy | boolean | undefined;
}

/** The microservices that were attached. */
export interface ConnectedRookery {
  readonly rpc: INestMicroservice | undefined;
  readonly mq: INestMicroservice | undefined;
  /** The strategy of `rpc`: `server.address()` after `startAllMicroservices()`. */
  readonly server: RookeryServer | undefined;
}

/**
 * Makes an HTTP application hybrid: serves its message patterns and contracts over Rookery, with the application's own global guards,
 * pipes, interceptors and filters. Call it after the global enhancers are set and before `startAllMicroservices()`.
 *
 * @throws {OptionsError} naming every problem
 */
export function connectRookery(app: INestApplication, options: ConnectRookeryOptions): ConnectedRookery {
  const server = options.rpc === undefined || options.rpc === false ? undefined : rpcServer(app, options.rpc);
  const strategy = options.mq === undefined || options.mq === false ? undefined : mqStrategy(app, options.mq);
  return { rpc: attach(app, server), mq: attach(app, strategy), server };
}

function attach(app: INestApplication, strategy: CustomTransportStrategy | undefined): INestMicroservice | undefined {
  if (strategy === undefined) return undefined;
  return app.connectMicroservice<MicroserviceOptions>({ strategy }, { inheritAppConfig: true });
}

/** Name, registry and secret come from `RpcModule.forRoot`, if the application has it; the options given here win. */
function rpcServer(app: INestApplication, given: RookeryServerOptions | true): RookeryServer {
  // True: the token belongs to the module's options.
  const module = provided(app, RPC_MODULE_OPTIONS) as RpcModuleOptions | undefined;
  const service = module?.name === undefined ? undefined : { name: module.name };
  const own = given === true ? {} : given;
  return new RookeryServer({
    service,
    registry: module?.registry,
    auth: module?.auth,
    ...own,
    inheritsAppConfig: true,
  });
}

function mqStrategy(app: INestApplication, given: CustomTransportStrategy | true): CustomTransportStrategy {
  if (given !== true) return given;
  // True: the token belongs to a strategy.
  const strategy = provided(app, ROOKERY_MQ_STRATEGY) as CustomTransportStrategy | undefined;
  if (strategy !== undefined) return strategy;
  throw new OptionsError([{ path: 'connectRookery.mq', problem: 'true needs MqModule imported in the application' }]);
}

/** What some module of the application provides under a token. Not `app.get`, which ends the process when nothing does. */
function provided(app: INestApplication, token: string | symbol): unknown {
  for (const module of app.get(ModulesContainer, { strict: false }).values()) {
    const instance: unknown = module.providers.get(token)?.instance;
    if (instance !== undefined && instance !== null) return instance;
  }
  return undefined;
}
