import { type DynamicModule, Module } from '@nestjs/common';
import { InventoryRpc } from './inventory.rpc.js';
import { Warehouse } from './warehouse.js';

/** One inventory instance. */
@Module({})
export class InventoryModule {
  static forWarehouse(name: string): DynamicModule {
    return {
      module: InventoryModule,
      controllers: [InventoryRpc],
      providers: [{ provide: Warehouse, useValue: new Warehouse(name, 1_000_000) }],
    };
  }
}
