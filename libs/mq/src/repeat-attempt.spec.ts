import { BrokerFixture, leased } from './testing/broker-fixture.js';

const first = { attemptId: 'a', visibilityMs: 1000 };

async function setUp() {
  const on = new BrokerFixture();
  await on.send('orders', 0, 5);
  const [run] = await on.receive({ ...first, messageCountMax: 4 });
  if (run === undefined) throw new Error('nothing was leased');
  const settle = (offsets: readonly number[]) => on.ack([{ ...run, offsets }]);
  const repeat = (visibilityMs = 1000) => on.receive({ ...first, visibilityMs });
  return { on, run, settle, repeat };
}

describe('a receive whose attempt was served before', () => {
  it('gets what is still open of its batch, under the same receipt and with the same attempts', async () => {
    const { run, settle, repeat } = await setUp();
    await settle([0, 2]);
    const again = await repeat();
    expect(leased(again)).toEqual(['1x1', '3x1']);
    expect(again.map((each) => each.receipt)).toEqual([run.receipt]);
  });

  it('does not get what is on its way into a record', async () => {
    const { on, settle, repeat } = await setUp();
    on.store.isAutomatic = false;
    const settled = settle([0, 1, 2]);
    await on.clock.settle();
    expect(leased(await repeat())).toEqual(['3x1']);
    on.store.confirm();
    expect(await settled).toEqual(['settled']);
  });

  it('is a new receive when everything is on its way into a record', async () => {
    const { on, settle, repeat } = await setUp();
    on.store.isAutomatic = false;
    const settled = settle([0, 1, 2, 3]);
    await on.clock.settle();
    expect(leased(await repeat())).toEqual(['4x1']);
    on.store.confirm();
    expect(await settled).toEqual(['settled']);
  });

  it('is a new receive when nothing is open any more', async () => {
    const { run, settle, repeat } = await setUp();
    await settle([0, 1, 2, 3]);
    const again = await repeat();
    expect(leased(again)).toEqual(['4x1']);
    expect(again[0]?.receipt).not.toBe(run.receipt);
  });

  it('never shortens a lease that runs longer than it asks for', async () => {
    const { on, repeat } = await setUp();
    await repeat(100);
    await on.clock.advance(900);
    expect(leased(await on.receive({ messageCountMax: 1, attemptId: 'b' }))).toEqual(['4x1']);
    expect(leased(await on.receive({ messageCountMax: 1, attemptId: 'c' }))).toEqual([]);
  });
});
