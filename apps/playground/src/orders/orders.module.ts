import { Module } from '@nestjs/common';
import { MqModule } from 'rookery/mq';
import { RpcModule } from 'rookery/rpc';
import { Inventory } from '../contracts/inventory.contract.js';
import { ClientHistory } from '../demo/child/client-history.js';
import { brokerUrl } from '../demo/child/setting.js';
import { OrdersController } from './orders.controller.js';
import { OrdersRpc } from './orders.rpc.js';
import { PlaceOrderUseCase } from './place-order.js';
import { SendHistory } from './send-history.js';

/** The order service: HTTP and RPC in, RPC to inventory, events to the queue. */
@Module({
  imports: [
    RpcModule.forRootAsync({ useFactory: () => ({ name: 'orders', registry: { kind: 'rookery', url: brokerUrl() } }) }),
    RpcModule.forFeature([Inventory]),
    MqModule.forRootAsync({ useFactory: () => ({ brokers: brokerUrl() }) }),
  ],
  controllers: [OrdersController, OrdersRpc],
  providers: [PlaceOrderUseCase, SendHistory, ClientHistory],
})
export class OrdersModule {}
