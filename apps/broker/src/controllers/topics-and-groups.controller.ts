import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern } from '@nestjs/microservices';
import { type Broker, brokerOperations } from '#broker';
import { MQ_ROUTES } from '#mq-protocol';
import { BROKER } from '#nest-broker';
import { ROOKERY_RPC, RookeryContext } from '#nest-rpc';
import { operationCall } from './operation-call.js';

/** Makes and shows topics, shows the progress of groups. */
@Controller()
export class TopicsAndGroupsController {
  constructor(@Inject(BROKER) private readonly broker: Broker) {}

  @MessagePattern(MQ_ROUTES.createTopic, ROOKERY_RPC)
  createTopic(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[MQ_ROUTES.createTopic](this.broker, operationCall(context));
  }

  @MessagePattern(MQ_ROUTES.describeTopic, ROOKERY_RPC)
  describeTopic(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[MQ_ROUTES.describeTopic](this.broker, operationCall(context));
  }

  @MessagePattern(MQ_ROUTES.listTopics, ROOKERY_RPC)
  listTopics(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[MQ_ROUTES.listTopics](this.broker, operationCall(context));
  }

  @MessagePattern(MQ_ROUTES.describeGroup, ROOKERY_RPC)
  describeGroup(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[MQ_ROUTES.describeGroup](this.broker, operationCall(context));
  }

  @MessagePattern(MQ_ROUTES.listGroups, ROOKERY_RPC)
  listGroups(@Ctx() context: RookeryContext): unknown {
    return brokerOperations[MQ_ROUTES.listGroups](this.broker, operationCall(context));
  }
}
