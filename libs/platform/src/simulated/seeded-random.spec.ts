import { SeededRandom } from './seeded-random.js';

const draw = (random: SeededRandom) => Array.from({ length: 20 }, () => random.integer(1000));

describe('SeededRandom', () => {
  it('the same seed gives the same draws, another seed others', () => {
    expect(draw(new SeededRandom(1))).toEqual(draw(new SeededRandom(1)));
    expect(draw(new SeededRandom(1))).not.toEqual(draw(new SeededRandom(2)));
    expect(new SeededRandom('a').bytes(16).equals(new SeededRandom('a').bytes(16))).toBe(true);
  });

  it('the draws of a seed never change between versions', () => {
    expect(
      Array.from(
        { length: 4 },
        (
          (random) => () =>
            random.integer(1000)
        )(new SeededRandom(42)),
      ),
    ).toMatchInlineSnapshot(`
[
  89,
  811,
  590,
  84,
]
`);
  });

  it('a fork depends on its label and not on what was drawn before', () => {
    const [a, b] = [new SeededRandom(7), new SeededRandom(7)];
    draw(a);
    expect(draw(a.fork('disk'))).toEqual(draw(b.fork('disk')));
    expect(draw(a.fork('disk'))).not.toEqual(draw(a.fork('network')));
  });

  it('draws are spread evenly', () => {
    const random = new SeededRandom('even');
    const counts = new Array<number>(10).fill(0);
    for (let index = 0; index < 20_000; index++) {
      const bucket = random.integer(10);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(250);
    const mean = Array.from({ length: 10_000 }, () => random.next()).reduce((sum, each) => sum + each, 0) / 10_000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  });
});
