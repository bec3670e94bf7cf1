import { Injectable } from '@nestjs/common';
import { MqProducer } from 'rookery/mq';
import { RpcClient } from 'rookery/rpc';
import { Inventory } from '../contracts/inventory.contract.js';
import { OrderPlaced } from '../contracts/order-placed.topic.js';
import type { OrderAccepted, PlaceOrder } from '../contracts/orders.contract.js';
import { SendHistory } from './send-history.js';

/** The order service's one use case: reserve the goods, then say so on the queue. */
@Injectable()
export class PlaceOrderUseCase {
  constructor(
    @RpcClient(Inventory, { policy: { timeout: '5s' } }) private readonly inventory: RpcClient<typeof Inventory>,
    private readonly mq: MqProducer,
    private readonly history: SendHistory,
  ) {}

  /**
   * Resolves when the stock is reserved *and* the event is on the broker's disk.
   * @throws {RpcError} FAILED_PRECONDITION when sold out.
   * @throws {MqError} with `outcome` 'failed' or 'unknown' when publishing did not succeed.
   */
  async place(order: PlaceOrder): Promise<OrderAccepted> {
    const { orderId, sku, quantity } = order;
    const { warehouse } = await this.inventory.reserve({ orderId, sku, quantity });
    const event = { ...order, warehouse };
    const receipt = await this.history.record(event, () => this.mq.send(OrderPlaced, event));
    return { orderId, warehouse, messageId: receipt.messageId };
  }
}
