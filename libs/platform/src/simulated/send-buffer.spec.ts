import { SendBuffer } from './send-buffer.js';

describe('SendBuffer', () => {
  it('gives bytes out in order, across and within chunks, as copies', () => {
    const buffer = new SendBuffer();
    const first = Buffer.from('abc');
    for (const chunk of [first, Buffer.alloc(0), Buffer.from('defgh')]) buffer.add(chunk);
    const taken = [2, 1, 3, 1].map((sizeBytes) => buffer.take(sizeBytes));
    first.fill(0);
    expect(taken.map(String)).toEqual(['ab', 'c', 'def', 'g']);
    expect(buffer.sizeBytes).toBe(1);
    buffer.clear();
    expect(buffer.sizeBytes).toBe(0);
  });
});
