import type { HistoryWriter } from '../../../../test/history/history-writer.js';
import type { Fleet } from './fleet.js';
import type { ProcessHandle } from './process-handle.js';

/** When, as a share of all orders, which process is killed or started again. */
const TIMELINE = [
  { share: 0.3, act: killInventory },
  { share: 0.5, act: killAndRestartBroker },
  { share: 0.7, act: restartInventory },
] as const;

/** Carries out the faults of the demo as the load goes on, each one once, and writes them down. */
export class FaultInjector {
  private nextIndex = 0;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly fleet: Fleet,
    private readonly history: HistoryWriter,
    private readonly say: (line: string) => void,
  ) {}

  /** Called with the share of orders done; starts what is due. Never waits. */
  reached(share: number): void {
    const due = TIMELINE[this.nextIndex];
    if (due === undefined || share < due.share) return;
    this.nextIndex += 1;
    this.running = this.running.then(() => due.act(this.fleet, this.history, this.say));
  }

  /** Resolves when everything begun is done. @throws whatever a restart failed with. */
  settled(): Promise<void> {
    return this.running;
  }
}

type Say = (line: string) => void;

async function killInventory({ inventories }: Fleet, history: HistoryWriter, say: Say): Promise<void> {
  await killNow(inventories[1], 'inventory-kill', history);
  say('  killed inventory-2 (SIGKILL): its calls move to inventory-1');
}

/** The order service kills the broker: it knows when its sends are in flight, and writes the fault down. */
async function killAndRestartBroker({ broker, orders }: Fleet, history: HistoryWriter, say: Say): Promise<void> {
  orders.tell({ kind: 'kill-while-sending', pid: broker.pid });
  await broker.gone();
  say('  killed the broker (SIGKILL) with sends in flight; starting it again on the same data');
  await startAgain(broker, 'broker-start', history);
  say('  the broker is back');
}

async function restartInventory({ inventories }: Fleet, history: HistoryWriter, say: Say): Promise<void> {
  await startAgain(inventories[1], 'inventory-start', history);
  say('  inventory-2 is back');
}

async function killNow(target: ProcessHandle, fault: string, history: HistoryWriter): Promise<void> {
  history.write({ op: 'fault', phase: 'invoke', fault });
  await target.kill();
  history.write({ op: 'fault', phase: 'ok', fault });
}

async function startAgain(target: ProcessHandle, fault: string, history: HistoryWriter): Promise<void> {
  history.write({ op: 'fault', phase: 'invoke', fault });
  await target.start();
  history.write({ op: 'fault', phase: 'ok', fault });
}
