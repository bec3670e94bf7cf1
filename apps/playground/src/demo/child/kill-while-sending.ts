import type { SendHistory } from '../../orders/send-history.js';
import type { ClientHistory } from './client-history.js';

/** So many sends must be open before the kill. */
const OPEN_COUNT_MIN = 8;
const DELAY_MS_MAX = 5;

/**
 * Kills the process `pid` at a moment at which this process has sends in flight, and writes the fault down. Only the sender knows such a moment:
 * a kill from outside meets open sends by luck.
 */
export function killWhileSending(
  sends: Pick<SendHistory, 'openCount'>,
  history: Pick<ClientHistory, 'write'>,
  pid: number,
): void {
  if (sends.openCount < OPEN_COUNT_MIN) {
    setImmediate(() => killWhileSending(sends, history, pid));
    return;
  }
  // By then what is open now has left this process, and is anywhere between the broker's socket and its disk.
  setTimeout(() => {
    if (sends.openCount === 0) {
      killWhileSending(sends, history, pid);
      return;
    }
    history.write({ op: 'fault', phase: 'invoke', fault: 'broker-kill' });
    process.kill(pid, 'SIGKILL');
    history.write({ op: 'fault', phase: 'ok', fault: 'broker-kill' });
  }, Math.random() * DELAY_MS_MAX);
}
