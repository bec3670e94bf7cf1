import { Outbox } from './outbox.js';

function textOf(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString('latin1');
}

it('small pieces become one chunk', () => {
  const outbox = new Outbox();
  for (let count = 0; count < 100; count++) outbox.append(Buffer.from(`${count},`));
  expect(outbox.pendingBytes).toBe(290);
  const chunks = outbox.take();
  expect(chunks).toHaveLength(1);
  expect(textOf(chunks)).toBe(Array.from({ length: 100 }, (_, count) => `${count},`).join(''));
  expect(outbox.pendingBytes).toBe(0);
  expect(outbox.take()).toEqual([]);
});

it('large pieces are passed on without a copy, in order', () => {
  const outbox = new Outbox();
  const large = Buffer.alloc(20_000, 'L');
  outbox.append(Buffer.from('a'));
  outbox.append(large);
  outbox.append(Buffer.from('b'));
  const chunks = outbox.take();
  expect(chunks[1]).toBe(large);
  expect(textOf(chunks)).toBe(`a${'L'.repeat(20_000)}b`);
});

it('bytes that were taken are never written again', () => {
  const outbox = new Outbox();
  const taken: Uint8Array[] = [];
  let expected = '';
  for (let count = 0; count < 20_000; count++) {
    const text = `${count};`;
    outbox.append(Buffer.from(text));
    expected += text;
    if (count % 7 === 0) taken.push(...outbox.take());
  }
  taken.push(...outbox.take());
  expect(textOf(taken)).toBe(expected);
});

it('reserved room that is not committed is not sent', () => {
  const outbox = new Outbox();
  outbox.reserve(100);
  expect(outbox.take()).toEqual([]);
});
