import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern } from '@nestjs/microservices';
import { type Broker, brokerOperations } from '#broker';
import { MQ_ROUTES } from '#mq-protocol';
import { BROKER } from '#nest-broker';
import { ROOKERY_RPC, RookeryContext } from '#nest-rpc';
import { operationCall } from './operation-call.js';

/** Takes message sets in: raw bytes both ways. */
@Controller()
export class SendController {
  constructor(@Inject(BROKER) private readonly broker: Broker) {}

  @MessagePattern(MQ_ROUTES.send, ROOKERY_RPC)
  send(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[MQ_ROUTES.send](this.broker, operationCall(context));
  }
}
