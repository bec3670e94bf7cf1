import { Injectable, Module } from '@nestjs/common';
import { RpcClient, RpcError, RpcModule } from 'rookery/rpc';
import { Orders } from '../contracts/orders.contract.js';
import { brokerUrl } from './child/setting.js';
import type { HttpOrders } from './http-orders.js';
import type { OrderOutcome, OrderPort } from './order-load.js';

/** The customers that speak typed RPC, found through the name server. */
@Injectable()
export class RpcCustomer {
  constructor(@RpcClient(Orders, { policy: { timeout: '20s' } }) private readonly orders: RpcClient<typeof Orders>) {}

  readonly place: OrderPort = async (order) => {
    try {
      await this.orders.place(order);
      return 'accepted';
    } catch (error) {
      return outcomeOfError(error);
    }
  };
}

/** What the customers need of Nest. */
@Module({
  imports: [
    RpcModule.forRootAsync({
      useFactory: () => ({ name: 'customers', registry: { kind: 'rookery', url: brokerUrl() } }),
    }),
    RpcModule.forFeature([Orders]),
  ],
  providers: [RpcCustomer],
})
export class CustomersModule {}

/** The customers that speak HTTP. */
export function httpCustomer(http: HttpOrders): OrderPort {
  return async (order) => outcomeOfStatus(await http.post(order));
}

function outcomeOfStatus(status: number): OrderOutcome {
  if (status === 201) return 'accepted';
  if (status === 409) return 'sold-out';
  return status === 503 ? 'failed' : 'unknown';
}

function outcomeOfError(error: unknown): OrderOutcome {
  if (!(error instanceof RpcError)) return 'unknown';
  if (error.code === 'FAILED_PRECONDITION') return 'sold-out';
  return error.code === 'UNAVAILABLE' || error.executed === false ? 'failed' : 'unknown';
}
