import type { PlaceOrder } from '../contracts/orders.contract.js';

/** How one order ended for the customer who placed it. */
export type OrderOutcome = 'accepted' | 'sold-out' | 'failed' | 'unknown';

/** Places one order and tells how it ended; never rejects. */
export type OrderPort = (order: PlaceOrder) => Promise<OrderOutcome>;

/** What the customers saw. */
export interface LoadResult {
  readonly outcomes: Readonly<Record<OrderOutcome, number>>;
  /** Accepted orders, ms from asking to answer, ascending. */
  readonly latenciesMs: readonly number[];
  readonly elapsedMs: number;
}

/** Who places orders: each port by so many customers, one order at a time each. */
export interface LoadPlan {
  readonly orderCount: number;
  readonly ports: readonly { readonly place: OrderPort; readonly customerCount: number }[];
  /** Called after each order with the number done. */
  readonly onDone: (doneCount: number) => void;
}

const SOLD_OUT_EVERY = 50;
const PRODUCTS = ['nest-box', 'seed-mix', 'field-glasses', 'bird-bath'] as const;

/** Places `orderCount` orders, shared out among all customers as they become free. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const outcomes: Record<OrderOutcome, number> = { accepted: 0, 'sold-out': 0, failed: 0, unknown: 0 };
  const latenciesMs: number[] = [];
  const startedMs = performance.now();
  let nextNumber = 0;
  let doneCount = 0;
  const customer = async (place: OrderPort): Promise<void> => {
    while (nextNumber < plan.orderCount) {
      const order = makeOrder(nextNumber++);
      const askedMs = performance.now();
      const outcome = await place(order);
      outcomes[outcome] += 1;
      if (outcome === 'accepted') latenciesMs.push(performance.now() - askedMs);
      doneCount += 1;
      plan.onDone(doneCount);
    }
  };
  const customers = plan.ports.flatMap(({ place, customerCount }) =>
    Array.from({ length: customerCount }, () => customer(place)),
  );
  await Promise.all(customers);
  const elapsedMs = performance.now() - startedMs;
  return { outcomes, latenciesMs: latenciesMs.sort((a, b) => a - b), elapsedMs };
}

/** Order ids have the form `orders:N`, by which the history checker knows producer and sequence. Some products are sold out. */
function makeOrder(number: number): PlaceOrder {
  const isSoldOut = number % SOLD_OUT_EVERY === SOLD_OUT_EVERY - 1;
  return {
    orderId: `orders:${number}`,
    customerId: `customer-${number % 997}`,
    sku: isSoldOut ? 'sold-out-print' : (PRODUCTS[number % PRODUCTS.length] ?? PRODUCTS[0]),
    quantity: 1 + (number % 3),
  };
}
