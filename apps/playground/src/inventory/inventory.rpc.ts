import { Payload } from '@nestjs/microservices';
import { RpcMethod, RpcService } from 'rookery/rpc';
import { Inventory } from '../contracts/inventory.contract.js';
import { Warehouse } from './warehouse.js';

/** Serves the inventory contract from this instance's warehouse. */
@RpcService(Inventory)
export class InventoryRpc {
  constructor(private readonly warehouse: Warehouse) {}

  @RpcMethod(Inventory.methods.reserve)
  reserve(@Payload() request: { orderId: string; sku: string; quantity: number }) {
    const left = this.warehouse.reserve(request.orderId, request.sku, request.quantity);
    return { orderId: request.orderId, warehouse: this.warehouse.name, left };
  }
}
