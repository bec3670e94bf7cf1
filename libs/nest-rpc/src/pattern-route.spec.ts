import { patternRoute } from './pattern-route.js';

const deep = (depth: number, leaf: string): unknown => (depth === 0 ? leaf : { a: deep(depth - 1, leaf) });

describe('a pattern route', () => {
  it.each(['sum', 'true', '1.0', 'null', '{"cmd":"sum"}', '  spaced ', '1e3'])(
    'of the text %j is the text',
    (pattern) => {
      expect(patternRoute(pattern)).toBe(pattern);
    },
  );

  it('of an object is the same whatever the order of its keys, at any depth', () => {
    expect(patternRoute({ b: { d: 1, c: [{ y: 1, x: 2 }] }, a: 'x' })).toBe(
      '{"a":"x","b":{"c":[{"x":2,"y":1}],"d":1}}',
    );
    expect(patternRoute({ cmd: 'sum' })).toBe('{"cmd":"sum"}');
    expect(patternRoute(5)).toBe('5');
  });

  it('cuts nothing off: patterns that differ deep down or in their 30th key differ', () => {
    expect(patternRoute(deep(9, 'x'))).not.toBe(patternRoute(deep(9, 'y')));
    const wide = (last: number) =>
      Object.fromEntries(Array.from({ length: 30 }, (_, key) => [`k${key}`, key === 29 ? last : 0]));
    expect(patternRoute(wide(1))).not.toBe(patternRoute(wide(2)));
  });

  it.each([
    ['a bigint', { n: 1n }],
    ['nothing', undefined],
    ['a function', () => 1],
  ])('refuses %s', (_what, pattern) => {
    expect(() => patternRoute(pattern)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('refuses a cycle', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(() => patternRoute(cycle)).toThrow(/JSON form/);
  });
});
