import { FaultPlan } from './fault-plan.js';

describe('FaultPlan', () => {
  it('counts operations from 1 and plans nothing by itself', () => {
    const plan = new FaultPlan();
    expect(plan.begin('open', '/a', false)).toBeUndefined();
    expect(plan.operationCount).toBe(1);
  });

  it('fails the nth matching operation once, with the code asked for', () => {
    const plan = new FaultPlan();
    plan.fail('write', 'no-space', { path: '/a', nth: 2 });
    const begin = (path: string) => {
      const planned = plan.begin('write', path, false);
      return planned === 'crash' ? planned : planned?.code;
    };
    expect([begin('/a'), begin('/b'), begin('/a'), begin('/a')]).toEqual([undefined, undefined, 'no-space', undefined]);
  });

  it('two faults for one operation leave one for the next', () => {
    const plan = new FaultPlan();
    plan.failSync({ path: '/a' });
    plan.failSync({ path: '/a' });
    expect(plan.begin('sync', '/a', false)).toMatchObject({ code: 'io' });
    expect(plan.begin('sync', '/a', false)).toMatchObject({ code: 'io' });
    expect(plan.begin('sync', '/a', false)).toBeUndefined();
  });

  it('crashAt a number that has passed stops the next operation', () => {
    const plan = new FaultPlan();
    plan.begin('open', '/a', false);
    plan.crashAt(1);
    expect(plan.begin('open', '/a', false)).toBe('crash');
  });
});
