import type { ListedInstance } from './instance.js';
import type { ChangeReason, ServiceList } from './service-list.js';
import { applyServiceList, type ServiceView, viewOf } from './service-view.js';

function listed(instanceId: string, weight = 100): ListedInstance {
  return { instanceId, address: { host: '127.0.0.1', port: 1 }, version: '', weight, metadata: {}, state: 'up' };
}

interface Told {
  readonly from?: string;
  readonly version: number;
  readonly ids: string;
  readonly incomplete?: boolean;
  readonly reasons?: readonly ChangeReason[];
}

function list(told: Told): ServiceList {
  const instances = told.ids.split('').map((id) => listed(id));
  const { from = 'server-1', version, reasons = ['snapshot'] } = told;
  return { service: 'orders', generation: from, version, isComplete: told.incomplete !== true, instances, reasons };
}

/** Ids known after each list, one letter an instance. */
function trace(start: ServiceView, ...told: Told[]): string[] {
  let view = start;
  return told.map((each) => {
    view = applyServiceList(view, list(each));
    return view.endpoints.map(({ instanceId }) => instanceId).join('');
  });
}

const nothing = viewOf();
const restarted = { from: 'server-2', incomplete: true };

describe('applyServiceList', () => {
  it('replaces the list by a newer one and ignores an older one', () => {
    const told = [
      { version: 5, ids: 'ab' },
      { version: 4, ids: 'a' },
      { version: 6, ids: 'b' },
    ];
    expect(trace(nothing, ...told)).toEqual(['ab', 'ab', 'b']);
  });

  it('believes an empty list of the server that listed the instances before', () => {
    expect(trace(nothing, { version: 5, ids: 'a' }, { version: 6, ids: '' })).toEqual(['a', '']);
  });

  it('does not believe an empty list of another server that gives no reason', () => {
    expect(trace(nothing, { version: 5, ids: 'a' }, { from: 'server-2', version: 0, ids: '' })).toEqual(['a', 'a']);
  });

  it('believes an empty list whose reason is that the last one deregistered or expired', () => {
    for (const reason of ['deregistered', 'expired'] as const) {
      const told = { from: 'server-2', version: 9, ids: '', reasons: [reason] };
      expect(trace(nothing, { version: 5, ids: 'a' }, told)).toEqual(['a', '']);
    }
  });

  it('only adds while a restarted server is not complete, and removes what did not come back once it is', () => {
    const told = [
      { version: 5, ids: 'abc' },
      { ...restarted, version: 0, ids: '' },
      { ...restarted, version: 1, ids: 'b' },
      { ...restarted, version: 2, ids: 'bd' },
      { from: 'server-2', version: 2, ids: 'bd', reasons: ['settled' as const] },
    ];
    expect(trace(nothing, ...told)).toEqual(['abc', 'abc', 'acb', 'acbd', 'bd']);
  });

  it('removes at once what an incomplete server listed itself and lists no more', () => {
    const told = [
      { version: 5, ids: 'a' },
      { ...restarted, version: 1, ids: 'b' },
      { ...restarted, version: 2, ids: '' },
    ];
    expect(trace(nothing, ...told)).toEqual(['a', 'ab', 'a']);
  });

  it('keeps the same array while nothing changes', () => {
    const before = applyServiceList(nothing, list({ version: 1, ids: 'ab' }));
    const after = applyServiceList(before, list({ version: 2, ids: 'ab', reasons: ['suspect'] }));
    expect(after.endpoints).toBe(before.endpoints);
  });
});
