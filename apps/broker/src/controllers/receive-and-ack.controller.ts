import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern } from '@nestjs/microservices';
import { type Broker, brokerOperations } from '#broker';
import { MQ_ROUTES } from '#mq-protocol';
import { BROKER } from '#nest-broker';
import { ROOKERY_RPC, RookeryContext } from '#nest-rpc';
import { operationCall } from './operation-call.js';

/** Hands messages out under a lease and settles them. */
@Controller()
export class ReceiveAndAckController {
  constructor(@Inject(BROKER) private readonly broker: Broker) {}

  @MessagePattern(MQ_ROUTES.receive, ROOKERY_RPC)
  receive(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[MQ_ROUTES.receive](this.broker, operationCall(context));
  }

  @MessagePattern(MQ_ROUTES.ack, ROOKERY_RPC)
  ack(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[MQ_ROUTES.ack](this.broker, operationCall(context));
  }

  @MessagePattern(MQ_ROUTES.nack, ROOKERY_RPC)
  nack(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[MQ_ROUTES.nack](this.broker, operationCall(context));
  }

  @MessagePattern(MQ_ROUTES.extend, ROOKERY_RPC)
  extend(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[MQ_ROUTES.extend](this.broker, operationCall(context));
  }
}
