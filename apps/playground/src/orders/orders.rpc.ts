import { Payload } from '@nestjs/microservices';
import { MqError } from 'rookery/mq';
import { RpcError, RpcMethod, RpcService } from 'rookery/rpc';
import { type OrderAccepted, Orders, type PlaceOrder } from '../contracts/orders.contract.js';
import { PlaceOrderUseCase } from './place-order.js';

/** The order service over typed RPC: FAILED_PRECONDITION sold out, UNAVAILABLE not accepted, ABORTED outcome unknown. */
@RpcService(Orders)
export class OrdersRpc {
  constructor(private readonly useCase: PlaceOrderUseCase) {}

  @RpcMethod(Orders.methods.place)
  async place(@Payload() order: PlaceOrder): Promise<OrderAccepted> {
    try {
      return await this.useCase.place(order);
    } catch (error) {
      if (!(error instanceof MqError)) throw error;
      throw new RpcError(error.outcome === 'unknown' ? 'ABORTED' : 'UNAVAILABLE', error.message);
    }
  }
}
