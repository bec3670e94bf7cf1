import { describeClock } from '../testing/describe-clock.js';
import { NodeClock } from './node-clock.js';

describeClock(
  'NodeClock',
  () => new NodeClock(),
  (ms) => new NodeClock().sleep(ms),
);

describe('NodeClock', () => {
  it('a delay longer than Node can hold does not run at once', async () => {
    const clock = new NodeClock();
    const ran: string[] = [];
    const timer = clock.schedule(2 ** 40, () => ran.push('much too early'));
    timer.unref();
    await clock.sleep(10);
    timer.cancel();
    expect(ran).toEqual([]);
  });
});
