import { StoreError } from './store-error.js';
import { sampleSet } from './testing/sample-sets.js';
import { bodiesOf, openSmall, storeMachine } from './testing/store-under-test.js';

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `m${from + index}`);

describe('a message store', () => {
  it('gives back what was appended, in order, over segments, slot files and starts', async () => {
    const platform = storeMachine();
    const first = await openSmall(platform);
    for (const body of numbers(40)) await first.store.append([sampleSet({ bodies: [body] })]).durable;
    expect(await bodiesOf(first.store)).toEqual(numbers(40));
    await first.store.close();
    const second = await openSmall(platform);
    expect(await bodiesOf(second.store)).toEqual(numbers(40));
    expect(second.listener.seen).toEqual(numbers(40).map((_, index) => `orders/0@${index}x1 again`));
    await second.store.append([sampleSet({ bodies: numbers(3, 40) })]).durable;
    expect(await bodiesOf(second.store)).toEqual(numbers(43));
    expect([first.store.epoch, second.store.epoch]).toEqual([1, 2]);
    await second.store.close();
  });

  it('refuses a directory that another store has', async () => {
    const platform = storeMachine();
    const { store } = await openSmall(platform);
    await expect(openSmall(platform)).rejects.toThrow(expect.objectContaining({ code: 'in-use' }));
    await store.close();
    await (await openSmall(platform)).store.close();
  });

  it('has one promise for those that are written together', async () => {
    const { store } = await openSmall(storeMachine());
    const [first, second] = [
      store.append([sampleSet({ bodies: ['a'] })]),
      store.append([sampleSet({ bodies: ['b'] })]),
    ];
    expect(first.durable).toBe(second.durable);
    expect(store.queueRange('orders', 0)).toEqual({ startOffset: 0, endOffset: 0 });
    await first.durable;
    expect(store.queueRange('orders', 0)).toEqual({ startOffset: 0, endOffset: 2 });
    await store.close();
  });

  it('tells a closed store from a broken one', async () => {
    const { store } = await openSmall(storeMachine());
    await store.close();
    expect(() => store.append([sampleSet({ bodies: ['a'] })])).toThrow(StoreError);
  });
});
