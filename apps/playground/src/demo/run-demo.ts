import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { type HistoryWriter, openHistory } from '../../../../test/history/history-writer.js';
import { FaultInjector } from './faults.js';
import { type Fleet, killFleet, planFleet, startFleet, stopFleet } from './fleet.js';
import { freePort } from './free-port.js';
import { HttpOrders } from './http-orders.js';
import { GROUPS, type Judgement, judgeRun } from './judge.js';
import { type LoadResult, runLoad } from './order-load.js';
import { CustomersModule, httpCustomer, RpcCustomer } from './order-ports.js';
import { ProgressBar } from './progress-bar.js';

/** What to run. */
export interface DemoPlan {
  readonly orderCount: number;
  /** Everything the run writes: data, logs, histories. */
  readonly runDirectory: string;
  readonly output: NodeJS.WriteStream;
}

/** What came of it. */
export interface DemoResult {
  readonly load: LoadResult;
  readonly judgement: Judgement;
}

const HTTP_CUSTOMERS = 48;
const RPC_CUSTOMERS = 48;
const DRAIN_LIMIT_MS = 30_000;

/** The whole demo: start, load with faults, drain, stop, judge. Leaves no process behind. */
export async function runDemo(plan: DemoPlan): Promise<DemoResult> {
  const brokerPort = await freePort();
  process.env['ROOKERY_DEMO_BROKER'] = `rookery://127.0.0.1:${brokerPort}`;
  const fleet = planFleet(plan.runDirectory, brokerPort);
  const history = openHistory(join(plan.runDirectory, 'history', 'demo.jsonl'), 'demo');
  try {
    plan.output.write(
      'Starting a broker, two inventories, the order service, two points consumers and an audit consumer\n',
    );
    await startFleet(fleet);
    const load = await loadWithFaults(plan, fleet, history);
    await drain(plan, fleet, load, history);
    await stopFleet(fleet);
    history.close();
    return { load, judgement: judgeRun(plan.runDirectory, plan.orderCount) };
  } finally {
    await killFleet(fleet);
  }
}

async function loadWithFaults(plan: DemoPlan, fleet: Fleet, history: HistoryWriter): Promise<LoadResult> {
  const customers = await NestFactory.createApplicationContext(CustomersModule, { logger: ['error', 'warn'] });
  const http = new HttpOrders(fleet.orders.port ?? 0, HTTP_CUSTOMERS);
  const bar = new ProgressBar(plan.orderCount, plan.output);
  const faults = new FaultInjector(fleet, history, (line) => bar.say(line));
  try {
    const load = await runLoad({
      orderCount: plan.orderCount,
      ports: [
        { place: httpCustomer(http), customerCount: HTTP_CUSTOMERS },
        { place: customers.get(RpcCustomer).place, customerCount: RPC_CUSTOMERS },
      ],
      onDone: (doneCount) => {
        faults.reached(doneCount / plan.orderCount);
        bar.update(doneCount, 'orders over HTTP and RPC');
      },
    });
    await faults.settled();
    return load;
  } finally {
    bar.end();
    http.close();
    await customers.close();
  }
}

/** Waits until each group says that it handled as many messages as were accepted, and a moment for stragglers. The verdict is the histories'. */
async function drain(plan: DemoPlan, fleet: Fleet, load: LoadResult, history: HistoryWriter): Promise<void> {
  const [points1, points2, audit] = fleet.consumers;
  const handled = (): number[] => [
    (points1?.handledCount ?? 0) + (points2?.handledCount ?? 0),
    audit?.handledCount ?? 0,
  ];
  const wanted = load.outcomes.accepted;
  const bar = new ProgressBar(wanted * GROUPS.length, plan.output);
  const untilMs = performance.now() + DRAIN_LIMIT_MS;
  let quietSinceMs = performance.now();
  let before = -1;
  while (performance.now() < untilMs) {
    const counts = handled();
    const sum = counts.reduce((total, count) => total + count, 0);
    if (sum !== before) quietSinceMs = performance.now();
    before = sum;
    bar.update(Math.min(sum, wanted * GROUPS.length), 'deliveries');
    if (counts.every((count) => count >= wanted) && performance.now() - quietSinceMs > QUIET_MS) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  bar.end();
  if (handled().every((count) => count >= wanted))
    for (const group of GROUPS) history.write({ op: 'drain', phase: 'ok', group });
}

const QUIET_MS = 300;
const POLL_MS = 20;
