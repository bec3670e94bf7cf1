import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern } from '@nestjs/microservices';
import { type Broker, brokerOperations } from '#broker';
import { BROKER } from '#nest-broker';
import { ROOKERY_RPC, RookeryContext } from '#nest-rpc';
import { REGISTRY_ROUTES } from '#registry';
import { operationCall } from './operation-call.js';

/** The name server: leases of instances and their watchers. */
@Controller()
export class RegistryController {
  constructor(@Inject(BROKER) private readonly broker: Broker) {}

  @MessagePattern(REGISTRY_ROUTES.register, ROOKERY_RPC)
  register(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[REGISTRY_ROUTES.register](this.broker, operationCall(context));
  }

  @MessagePattern(REGISTRY_ROUTES.renew, ROOKERY_RPC)
  renew(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[REGISTRY_ROUTES.renew](this.broker, operationCall(context));
  }

  @MessagePattern(REGISTRY_ROUTES.deregister, ROOKERY_RPC)
  deregister(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[REGISTRY_ROUTES.deregister](this.broker, operationCall(context));
  }

  @MessagePattern(REGISTRY_ROUTES.watch, ROOKERY_RPC)
  watch(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[REGISTRY_ROUTES.watch](this.broker, operationCall(context));
  }

  @MessagePattern(REGISTRY_ROUTES.lookup, ROOKERY_RPC)
  lookup(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[REGISTRY_ROUTES.lookup](this.broker, operationCall(context));
  }
}
