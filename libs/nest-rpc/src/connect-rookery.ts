import type { INestApplication, INestMicroservice } from '@nestjs/common';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { RPC_MODULE_OPTIONS, type RpcModuleOptions } from './contract/rpc.module-definition.js';
import { RookeryServer } from './rookery-server.js';
import type { RookeryServerOptions } from './rookery-server.options.js';

/** What `connectRookery` attaches to an application. */
export interface ConnectRookeryOptions {
  /** `true` = with the defaults: a free port on 127.0.0.1, name and registry as `RpcModule.forRoot` says. */
  readonly rpc?: RookeryServerOptions | true | undefined;
}

/** The microservices that were attached. */
export interface ConnectedRookery {
  readonly rpc: INestMicroservice | undefined;
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
  if (options.rpc === undefined) return { rpc: undefined, server: undefined };
  const server = new RookeryServer({
    ...moduleSettings(app),
    ...(options.rpc === true ? {} : options.rpc),
    inheritsAppConfig: true,
  });
  const rpc = app.connectMicroservice<MicroserviceOptions>({ strategy: server }, { inheritAppConfig: true });
  return { rpc, server };
}

/** Name and registry of `RpcModule.forRoot`, if the application has it. */
function moduleSettings(app: INestApplication): RookeryServerOptions {
  const module = rpcModuleOptions(app);
  if (module === undefined) return {};
  const { name, registry, auth } = module;
  return { service: name === undefined ? undefined : { name }, registry, auth };
}

function rpcModuleOptions(app: INestApplication): RpcModuleOptions | undefined {
  try {
    return app.get<RpcModuleOptions>(RPC_MODULE_OPTIONS, { strict: false });
  } catch {
    // Nest throws when nothing provides the token: the application does without RpcModule.
    return undefined;
  }
}
