import { Ctx, Payload } from '@nestjs/microservices';
import { MqConsumer, MqContext, OnMessage } from 'rookery/mq';
import { OrderPlaced, type OrderPlacedEvent } from '../contracts/order-placed.topic.js';
import { DeliveryHistory } from '../demo/child/delivery-history.js';
import { PointsLedger } from './points-ledger.js';

/** Gives every customer a point for each unit ordered. Two processes of this group share the work. */
@MqConsumer({ group: 'points', concurrency: 64 })
export class PointsConsumer {
  constructor(
    private readonly ledger: PointsLedger,
    private readonly history: DeliveryHistory,
  ) {}

  @OnMessage(OrderPlaced)
  placed(@Payload() order: OrderPlacedEvent, @Ctx() context: MqContext) {
    this.ledger.award(order.orderId, order.customerId, order.quantity);
    this.history.record('points', order, context);
  }
}
