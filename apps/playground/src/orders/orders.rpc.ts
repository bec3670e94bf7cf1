import { Payload } from '@nestjs/microservices';
import { RpcMethod, RpcService } from 'rookery/rpc';
import { Orders, type PlaceOrder } from '../contracts/orders.contract.js';
import { PlaceOrderUseCase } from './place-order.js';

/** The order service over typed RPC. */
@RpcService(Orders)
export class OrdersRpc {
  constructor(private readonly useCase: PlaceOrderUseCase) {}

  @RpcMethod(Orders.methods.place)
  place(@Payload() order: PlaceOrder) {
    return this.useCase.place(order);
  }
}
