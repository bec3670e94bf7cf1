import { defineContract, method } from '#rpc';
import { METHOD_MARK, methodMark } from './contract/handler-extras.js';
import { HandlerTable } from './handler-table.js';

const handler = (extras = {}) => Object.assign(async () => 1, { extras });
const Things = defineContract('things', { get: method<string, string>() });

describe('the handler table', () => {
  it('takes one call handler and any number of event handlers for a route', () => {
    const table = new HandlerTable();
    table.addEvent('r', handler());
    table.addCall('r', handler());
    table.addEvent('r', handler());
    expect([[...table.calls].length, [...table.events].length]).toEqual([1, 2]);
    expect(() => table.addCall('r', handler())).toThrow(expect.objectContaining({ code: 'ALREADY_EXISTS' }));
  });

  it("serves a contract's method for one-way calls too, and lists the contract once", () => {
    const table = new HandlerTable();
    const mark = { method: Things.methods.get, weight: 5 };
    table.addCall('things/get', handler({ [METHOD_MARK]: mark }));
    expect([...table.events].map((each) => each.method)).toEqual([Things.methods.get]);
    expect([...table.contracts]).toEqual([mark]);
    expect(methodMark({ other: 1 })).toBeUndefined();
  });
});
