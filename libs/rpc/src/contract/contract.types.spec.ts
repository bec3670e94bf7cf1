import { z } from 'zod';
import type { RpcChannel } from '../rpc-channel.js';
import { type CallPolicy, resolveCallPolicy } from './call-policy.js';
import { defineContract } from './contract.js';
import { createContractClient } from './contract-client.js';
import type { Duration } from './duration.js';
import { method } from './method.js';
import type { RpcImplementation } from './rpc-implementation.js';

interface CreateOrder {
  readonly sku: string;
}
interface Order {
  readonly id: string;
}
class Address {
  street = '';
}

const Orders = defineContract('orders', {
  get: method({
    input: z.object({ id: z.string(), depth: z.number().default(1) }),
    output: z.object({ id: z.string() }),
    policy: { timeout: '800ms' },
  }),
  create: method<CreateOrder, Order>({ idempotent: true }),
  move: method({ input: Address }),
  ping: method<void, number>(),
});

/** Never runs: the compiler reads it. Each `@ts-expect-error` fails the build when the mistake below it becomes legal. */
async function mistakes(channel: RpcChannel): Promise<void> {
  const orders = createContractClient(Orders, channel);
  const found: { id: string } = await orders.get({ id: '1' });
  await orders.ping();
  await orders.create.oneway({ sku: found.id });
  // @ts-expect-error a payload of the wrong type
  await orders.get({ id: 1 });
  // @ts-expect-error a payload with a field missing
  await orders.create({});
  // @ts-expect-error a payload where none belongs
  await orders.ping(1);
  // @ts-expect-error a payload that is not the schema class
  await orders.move({ street: 5 });
  // @ts-expect-error an event payload is checked too
  await orders.create.oneway({ sku: 5 });
  // @ts-expect-error a result read as something else
  const wrong: number = await orders.create({ sku: 'a' });
  // @ts-expect-error a method that the contract does not have
  await orders.remove({ id: '1' });
  // @ts-expect-error a duration with an unknown unit
  await orders.get({ id: '1' }, { timeout: '3w' });
  // @ts-expect-error a call option that does not exist
  await orders.get({ id: '1' }, { tiemout: 5 });
  // @ts-expect-error a duration without a unit
  const bare: Duration = '30';
  // @ts-expect-error a policy with a boolean for a time
  const policy: CallPolicy = { timeout: true };
  // @ts-expect-error a contract whose method has a bad policy
  defineContract('bad', { get: method<string, string>({ policy: { timeout: '1 hour' } }) });
  void [wrong, bare, policy];
}

/** A right implementation: the schema's default is filled in, so `depth` is a number. */
class RightOrders implements RpcImplementation<typeof Orders> {
  get(query: { id: string; depth: number }): { id: string } {
    return { id: `${query.id}${query.depth}` };
  }
  async create(command: CreateOrder, context: { hops: number }): Promise<Order> {
    return { id: `${command.sku}${context.hops}` };
  }
  move(address: Address): string {
    return address.street;
  }
  ping(): number {
    return 1;
  }
}

/** Two wrong ones. */
class WrongOrders implements Pick<RpcImplementation<typeof Orders>, 'get' | 'create'> {
  // @ts-expect-error the handler wants another payload
  get(query: { id: number }): { id: string } {
    return { id: String(query.id) };
  }
  // @ts-expect-error the handler answers with another type
  create(command: CreateOrder): number {
    return command.sku.length;
  }
}

describe('contract types', () => {
  it('are checked by the compiler, and what it lets through is checked at run time', () => {
    expect([mistakes, RightOrders, WrongOrders]).toHaveLength(3);
    // True only for the compiler: a value from an untyped file looks like this.
    const untyped = JSON.parse('{ "timeout": "3w", "retry": 2 }') as CallPolicy;
    expect(() => resolveCallPolicy([untyped], 'orders.get')).toThrow(
      /orders\.get\.retry: is not known.*orders\.get\.timeout: "3w" is not a time above 0/,
    );
  });
});
