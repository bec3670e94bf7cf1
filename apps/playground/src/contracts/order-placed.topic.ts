import { defineTopic } from 'rookery/mq';
import { z } from 'zod';

/** The fact that an order was accepted, as every later service reads it. */
export const OrderPlacedEvent = z.object({
  orderId: z.string(),
  customerId: z.string(),
  sku: z.string(),
  quantity: z.int(),
  warehouse: z.string(),
});

/** The fact that an order was accepted, as every later service reads it. */
export type OrderPlacedEvent = z.infer<typeof OrderPlacedEvent>;

/** Orders accepted: topic `orders`, tag `placed`, findable by order id. */
export const OrderPlaced = defineTopic('orders', {
  tag: 'placed',
  schema: OrderPlacedEvent,
  key: (event) => event.orderId,
});
