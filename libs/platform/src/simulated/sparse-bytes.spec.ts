import { SeededRandom } from './seeded-random.js';
import { SparseBytes } from './sparse-bytes.js';

describe('SparseBytes', () => {
  it('equals a plain buffer after any writes and truncates', () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = new SeededRandom(seed);
    const sparse = new SparseBytes();
    let model = Buffer.alloc(0);
    for (let step = 0; step < 400; step++) {
      const position = random.integer(20_000);
      if (random.integer(4) === 0) {
        sparse.truncate(position);
        model = Buffer.concat([model.subarray(0, position), Buffer.alloc(Math.max(0, position - model.length))]);
      } else {
        const bytes = random.integer(3) === 0 ? Buffer.alloc(random.integer(9000)) : random.bytes(random.integer(9000));
        sparse.write(bytes, position);
        const grown = Buffer.alloc(bytes.length > 0 ? Math.max(model.length, position + bytes.length) : model.length);
        model.copy(grown);
        bytes.copy(grown, position);
        model = grown;
      }
      if (!sparse.toBuffer().equals(model)) throw new Error(`seed ${seed} differs at step ${step}`);
      if (!sparse.clone().toBuffer().equals(model)) throw new Error(`seed ${seed}: the clone differs at step ${step}`);
    }
  });

  it('a clone shares nothing', () => {
    const sparse = new SparseBytes();
    sparse.write(Buffer.from('abc'), 0);
    const copy = sparse.clone();
    sparse.write(Buffer.from('x'), 0);
    expect(copy.toBuffer().toString()).toBe('abc');
  });
});
