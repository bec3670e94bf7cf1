import { NodeRandom } from './node-random.js';

describe('NodeRandom', () => {
  it('next is in [0, 1) and spread over it', () => {
    const random = new NodeRandom();
    const drawn = Array.from({ length: 10_000 }, () => random.next());
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    const mean = drawn.reduce((sum, each) => sum + each, 0) / drawn.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
  });

  it.each([1, 2, 10, 2 ** 32, 2 ** 53 - 1])('integer stays below %d', (end) => {
    const random = new NodeRandom();
    for (let count = 0; count < 1000; count++) {
      const drawn = random.integer(end);
      expect(Number.isSafeInteger(drawn) && drawn >= 0 && drawn < end).toBe(true);
    }
  });

  it('integer refuses an empty range', () => {
    expect(() => new NodeRandom().integer(0)).toThrow('random range');
  });

  it.each([0, 16, 256, 257, 10_000])('%d bytes are fresh each time and share no memory', (sizeBytes) => {
    const random = new NodeRandom();
    const [a, b] = [random.bytes(sizeBytes), random.bytes(sizeBytes)];
    expect(a.length).toBe(sizeBytes);
    if (sizeBytes > 0) expect(a.equals(b)).toBe(false);
    expect(a.buffer.byteLength).toBe(sizeBytes);
  });
});
