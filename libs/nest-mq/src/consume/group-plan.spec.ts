import type { MessageHandler } from '@nestjs/microservices';
import { planGroups } from './group-plan.js';

function bound(route: string, extras: Record<string, unknown>, isEventHandler = true) {
  const handler: MessageHandler = Object.assign(async () => undefined, { extras, isEventHandler });
  return { route, handler };
}

describe('the plan of groups', () => {
  it('makes one consumer per group, with one subscription per topic and the tags of its handlers', () => {
    const plans = planGroups([
      bound('orders:placed', { group: 'billing', concurrency: 4 }),
      bound('orders:packed', { group: 'billing' }),
      bound('parcels', { group: 'billing' }),
      bound('orders:placed', { group: 'audit' }),
    ]);
    expect(plans.map(({ group, settings, subscriptions }) => ({ group, settings, subscriptions }))).toEqual([
      {
        group: 'billing',
        settings: { concurrency: 4 },
        subscriptions: [
          { topic: 'orders', tags: ['placed', 'packed'] },
          { topic: 'parcels', tags: undefined },
        ],
      },
      { group: 'audit', settings: {}, subscriptions: [{ topic: 'orders', tags: ['placed'] }] },
    ]);
  });

  it('subscribes to every tag when one handler takes the rest', () => {
    const [plan] = planGroups([bound('orders:placed', { group: 'g' }), bound('orders', { group: 'g' })]);
    expect(plan?.subscriptions).toEqual([{ topic: 'orders', tags: undefined }]);
    expect([...(plan?.handlers.get('orders')?.keys() ?? [])]).toEqual(['placed', '']);
  });

  it('reports every handler that cannot run, at once', () => {
    const handlers = [
      bound('orders', {}),
      bound('calls', { group: 'g' }, false),
      bound('a', { group: 'same', concurrency: 1 }),
      bound('b', { group: 'same', concurrency: 2 }),
      bound('b', { group: 'same' }),
    ];
    const all = /no consumer group.*no replies.*differ in concurrency: 1 and 2.*two handlers for b/s;
    expect(() => planGroups(handlers)).toThrow(all);
  });

  it.each(['ordered', 'exclusive', 'filter', 'model', 'from', 'ackMode'])('refuses the option %s by name', (name) => {
    expect(() => planGroups([bound('orders', { group: 'g', [name]: true })])).toThrow(`[unsupported]`);
  });

  it.each(['no spaces', 'orders:', '{"cmd":"sum"}'])('refuses the pattern %s', (pattern) => {
    expect(() => planGroups([bound(pattern, { group: 'g' })])).toThrow("'topic' or 'topic:tag' is expected");
  });
});
