import { VirtualClock } from './simulated/virtual-clock.js';
import { sleepOn } from './sleep-on.js';

it('a sleep that is aborted leaves no task and no listener behind', async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const slept = sleepOn(clock, 1000, controller.signal).catch((reason: unknown) => reason);
  expect(clock.scheduledCount()).toBe(1);
  controller.abort('enough');
  expect(await slept).toBe('enough');
  expect(clock.scheduledCount()).toBe(0);
});

it('a sleep that ended is not touched by a later abort', async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const slept = sleepOn(clock, 10, controller.signal);
  await clock.advance(10);
  await slept;
  controller.abort('too late');
  await expect(slept).resolves.toBeUndefined();
});
