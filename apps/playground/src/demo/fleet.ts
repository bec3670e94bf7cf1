import { join } from 'node:path';
import { ProcessHandle, type ProcessPlan } from './process-handle.js';

/** Every process of the demo. */
export interface Fleet {
  readonly broker: ProcessHandle;
  readonly inventories: readonly [ProcessHandle, ProcessHandle];
  readonly orders: ProcessHandle;
  readonly consumers: readonly ProcessHandle[];
}

/** Describes the processes; none is started yet. */
export function planFleet(runDirectory: string, brokerPort: number): Fleet {
  const service = (name: string, script: string): ProcessHandle => {
    const plan: ProcessPlan = {
      name,
      script,
      announces: true,
      env: {
        ROOKERY_DEMO_NAME: name,
        ROOKERY_DEMO_BROKER: `rookery://127.0.0.1:${brokerPort}`,
        ROOKERY_DEMO_HISTORY: join(runDirectory, 'history', `${name}.jsonl`),
      },
    };
    return new ProcessHandle(plan, runDirectory);
  };
  const broker: ProcessPlan = {
    name: 'broker',
    script: '../../broker/src/main.js',
    args: ['--data-dir', join(runDirectory, 'data'), '--port', String(brokerPort)],
    announces: false,
  };
  return {
    broker: new ProcessHandle(broker, runDirectory),
    inventories: [service('inventory-1', './inventory/main.js'), service('inventory-2', './inventory/main.js')],
    orders: service('orders', './orders/main.js'),
    consumers: [
      service('points-1', './points/main.js'),
      service('points-2', './points/main.js'),
      service('audit', './audit/main.js'),
    ],
  };
}

/** Starts the broker, then the rest at once. */
export async function startFleet(fleet: Fleet): Promise<void> {
  await fleet.broker.start();
  await Promise.all([...fleet.inventories, fleet.orders, ...fleet.consumers].map((each) => each.start()));
}

/** Stops everything in the order of an orderly shutdown: intake first, the broker last. */
export async function stopFleet(fleet: Fleet): Promise<void> {
  await fleet.orders.stop();
  await Promise.all([...fleet.consumers, ...fleet.inventories].map((each) => each.stop()));
  await fleet.broker.stop();
}

/** Ends everything at once, for a run that failed. */
export async function killFleet(fleet: Fleet): Promise<void> {
  await Promise.all([fleet.orders, ...fleet.consumers, ...fleet.inventories, fleet.broker].map((each) => each.kill()));
}
