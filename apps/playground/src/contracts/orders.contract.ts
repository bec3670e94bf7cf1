import { defineContract, method } from 'rookery/rpc';
import { z } from 'zod';

/** An order as a customer places it. */
export const PlaceOrder = z.object({
  orderId: z.string().min(1).max(64),
  customerId: z.string().min(1).max(64),
  sku: z.string().min(1).max(64),
  quantity: z.int().min(1).max(100),
});

/** An order as a customer places it. */
export type PlaceOrder = z.infer<typeof PlaceOrder>;

/** An accepted order: its event is on the broker's disk. */
export const OrderAccepted = z.object({ orderId: z.string(), warehouse: z.string(), messageId: z.string() });

/** An accepted order: its event is on the broker's disk. */
export type OrderAccepted = z.infer<typeof OrderAccepted>;

/** The order service's typed face; the HTTP face beside it does the same. */
export const Orders = defineContract(
  'orders',
  { place: method({ input: PlaceOrder, output: OrderAccepted }) },
  { version: '1.0.0' },
);
