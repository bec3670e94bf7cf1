import { Body, Controller, HttpException, Post } from '@nestjs/common';
import { MqError } from 'rookery/mq';
import { RpcError } from 'rookery/rpc';
import { PlaceOrder } from '../contracts/orders.contract.js';
import { PlaceOrderUseCase } from './place-order.js';

/** The order service over HTTP: POST /orders. 201 accepted, 409 sold out, 503 not accepted, 504 outcome unknown. */
@Controller('orders')
export class OrdersController {
  constructor(private readonly useCase: PlaceOrderUseCase) {}

  @Post()
  async place(@Body() body: unknown) {
    const order = PlaceOrder.safeParse(body);
    if (!order.success) throw new HttpException({ message: 'not an order', issues: order.error.issues }, 400);
    try {
      return await this.useCase.place(order.data);
    } catch (error) {
      throw new HttpException({ message: error instanceof Error ? error.message : String(error) }, statusOf(error));
    }
  }
}

function statusOf(error: unknown): number {
  if (error instanceof RpcError) return error.code === 'FAILED_PRECONDITION' ? 409 : 503;
  if (error instanceof MqError) return error.outcome === 'unknown' ? 504 : 503;
  return 500;
}
