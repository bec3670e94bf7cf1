import { TailCache } from './tail-cache.js';

function put(cache: TailCache, position: number, text: string): void {
  const { bytes, at } = cache.reserve(position, text.length);
  bytes.write(text, at, 'latin1');
}

describe('the tail of the log in memory', () => {
  it('gives back what lies in it and nothing that does not', () => {
    const cache = new TailCache(100, 8);
    put(cache, 0, 'abcd');
    put(cache, 4, 'ef');
    put(cache, 6, 'ghij');
    put(cache, 64, 'k');
    const slice = (position: number, size: number) => cache.slice(position, size)?.toString();
    expect([slice(0, 6), slice(2, 3), slice(6, 4), slice(64, 1)]).toEqual(['abcdef', 'cde', 'ghij', 'k']);
    expect([slice(5, 2), slice(10, 1), slice(63, 1), slice(65, 1)]).toEqual(Array(4).fill(undefined));
    expect(cache.chunks(2, 10).map(String)).toEqual(['cdef', 'ghij']);
  });

  it('forgets the oldest first, and nothing that is not confirmed', () => {
    const cache = new TailCache(8, 4);
    for (let position = 0; position < 20; position += 4) put(cache, position, 'wxyz');
    cache.trim(8);
    const held = () => [0, 4, 8, 12, 16].filter((position) => cache.slice(position, 4) !== undefined);
    expect(held()).toEqual([8, 12, 16]);
    cache.trim(20);
    expect(held()).toEqual([12, 16]);
  });
});
