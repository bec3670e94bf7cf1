import { defineContract, method } from 'rookery/rpc';
import { z } from 'zod';

/** What the order service asks of an inventory instance. */
export const ReserveRequest = z.object({ orderId: z.string(), sku: z.string(), quantity: z.int().min(1).max(100) });

/** Proof of a reservation: which warehouse holds the goods, and how many are left there. */
export const Reservation = z.object({ orderId: z.string(), warehouse: z.string(), left: z.int() });

/** Stock, kept by any number of inventory instances. Reserving twice for one order changes nothing, so it may be retried. */
export const Inventory = defineContract(
  'inventory',
  { reserve: method({ input: ReserveRequest, output: Reservation, idempotent: true }) },
  { version: '1.0.0' },
);
