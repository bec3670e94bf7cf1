import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { MqContext, ROOKERY_MQ } from 'rookery/mq';
import type { OrderPlacedEvent } from '../contracts/order-placed.topic.js';
import { DeliveryHistory } from '../demo/child/delivery-history.js';

/** Sees every order as well, in a group of its own; a plain Nest handler, nothing of Rookery but the transport's name. */
@Controller()
export class AuditController {
  constructor(private readonly history: DeliveryHistory) {}

  @EventPattern<string>('orders:placed', ROOKERY_MQ, { group: 'audit', concurrency: 64 })
  placed(@Payload() order: OrderPlacedEvent, @Ctx() context: MqContext) {
    this.history.record('audit', order, context);
  }
}
