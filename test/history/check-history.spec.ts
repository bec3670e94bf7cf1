import { checkHistory } from './check-history.js';
import type { Expectations } from './expectations.js';
import type { HistoryEntry, HistoryEvent } from './history-event.js';
import type { Invariant, Verdict } from './verdict.js';

const expectations: Expectations = {
  groups: [{ group: 'g', topic: 't' }],
  leaseMs: 1000,
  sendsOkMin: 2,
  okShareMin: 0.5,
  plannedFaults: { 'broker-kill': 1 },
  killsInFlightMin: 1,
  order: 'sequence',
  inFlightCountMax: 2,
};

/** An event at a time: the only line of this file that knows the format. */
function at(tMonoMs: number, entry: HistoryEntry, proc = 'p'): HistoryEvent {
  return { tMonoMs, tWallMs: 0, proc, ...entry };
}

const ids = ['p:0', 'p:1', 'p:2', 'p:3'] as const;
const invoke = (t: number, seq: number, key?: string) =>
  at(t, { op: 'send', phase: 'invoke', id: ids[seq] ?? '', topic: 't', crc: seq, ...(key !== undefined && { key }) });
const placed = (t: number, seq: number, offset = seq) =>
  at(t, { op: 'send', phase: 'ok', id: ids[seq] ?? '', topic: 't', queueId: 0, offset });
const refused = (t: number, seq: number) => at(t, { op: 'send', phase: 'fail', id: ids[seq] ?? '', err: 'disk-full' });
const unknown = (t: number, seq: number) => at(t, { op: 'send', phase: 'info', id: ids[seq] ?? '', err: 'timed-out' });

const slot = (offset: number) => ({ group: 'g', topic: 't', queueId: 0, offset });
function receive(t: number, seq: number, offset = seq, receipt = `r${t}`): HistoryEvent[] {
  const entry = { phase: 'ok', id: ids[seq] ?? '', crc: seq, receipt, ...slot(offset) } as const;
  return [at(t, { op: 'receive', ...entry }, 'c'), at(t + 1, { op: 'deliver', ...entry }, 'c')];
}
const acked = (t: number, offset: number) => [
  at(t, { op: 'ack', phase: 'invoke', ...slot(offset) }, 'c'),
  at(t + 1, { op: 'ack', phase: 'ok', ...slot(offset) }, 'c'),
];
const nacked = (t: number, offset: number) => at(t, { op: 'nack', phase: 'invoke', ...slot(offset) }, 'c');
const floor = (t: number, offset: number) => at(t, { op: 'progress', phase: 'ok', ...slot(offset) });
const kill = (t: number) => [
  at(t, { op: 'fault', phase: 'invoke', fault: 'broker-kill' }, 'injector'),
  at(t + 5, { op: 'fault', phase: 'ok', fault: 'broker-kill' }, 'injector'),
];
const drained = at(9000, { op: 'drain', phase: 'ok', group: 'g' });

/** Two messages placed, a third in flight at the kill and never answered; one redelivery by the kill. */
const good: HistoryEvent[] = [
  ...[invoke(0, 0), placed(2, 0), invoke(3, 1), placed(5, 1), invoke(9, 2)],
  ...[...receive(6, 0), ...acked(8, 0), ...receive(7, 1)],
  ...[...kill(10), unknown(12, 2)],
  ...[...receive(100, 1), ...acked(105, 1), ...receive(101, 2), ...acked(106, 2)],
  ...[floor(9, 1), floor(120, 3), drained],
];

const judge = (events: readonly HistoryEvent[], given: Partial<Expectations> = {}): Verdict =>
  checkHistory(events, { ...expectations, ...given });
const without = (...gone: readonly HistoryEvent[]): HistoryEvent[] =>
  good.filter((event) => !gone.some((other) => JSON.stringify(other) === JSON.stringify(event)));

describe('a good history', () => {
  it('passes, and counts what happened', () => {
    const verdict = judge(good);
    expect(verdict.findings).toEqual({});
    expect(verdict.status).toBe('pass');
    expect(verdict.counts).toMatchObject({
      sendsOk: 2,
      sendsUnknown: 1,
      sendsRecovered: 1,
      delivered: { g: 3 },
      duplicates: { g: { 'broker death': 1 } },
      lost: { prefix: 0, middle: 0, postfix: 0 },
      faults: { 'broker-kill': 1 },
      killsInFlight: 1,
    });
  });

  const allowed: Record<string, HistoryEvent[]> = {
    'an unknown send that never appears': without(...receive(101, 2), ...acked(106, 2)),
    'a message again after it was given back': [
      ...good,
      invoke(200, 3),
      placed(201, 3),
      ...receive(210, 3),
      nacked(212, 3),
      ...receive(213, 3),
    ],
    'a message again after its lease ran out': [
      ...good,
      invoke(200, 3),
      placed(201, 3),
      ...receive(210, 3),
      ...receive(1300, 3),
    ],
    'the same answer twice': [
      ...good,
      invoke(200, 3),
      placed(201, 3),
      ...receive(210, 3, 3, 'r'),
      ...receive(220, 3, 3, 'r'),
    ],
    'an unknown send that is stored twice': [...good, ...receive(300, 2, 4), ...acked(302, 4)],
    'a copy that is handled after its message was acknowledged elsewhere': [
      ...good,
      at(500, { op: 'deliver', phase: 'ok', id: 'p:1', ...slot(1) }, 'c2'),
    ],
  };
  for (const [name, events] of Object.entries(allowed)) {
    it(`may contain ${name}`, () => expect(judge(events)).toMatchObject({ status: 'pass', findings: {} }));
  }
});

describe('a bad history fails by the invariant it breaks', () => {
  const bad: [invariant: Invariant, what: string, events: HistoryEvent[], given?: Partial<Expectations>][] = [
    ['I1 no acked loss', 'an acknowledged message missing at the end', [...good, invoke(200, 3), placed(201, 3)]],
    ['I1 no acked loss', 'one missing at the beginning', without(...receive(6, 0), ...acked(8, 0))],
    ['I1 no acked loss', 'a group that got nothing', good, { groups: [{ group: 'other', topic: 't' }] }],
    [
      'I1 no acked loss',
      'a message received and acknowledged without a handler',
      [...[...good, invoke(200, 3), placed(201, 3)], ...receive(210, 3).slice(0, 1), ...acked(212, 3)],
    ],
    ['I2 no phantom', 'a message that nobody sent', [...good, ...receive(200, 3)]],
    ['I2 no phantom', 'bytes that prove nothing', [...good, at(200, { op: 'receive', phase: 'ok', ...slot(9) }, 'c')]],
    [
      'I2 no phantom',
      'other bytes than were sent',
      [...good, at(200, { op: 'deliver', phase: 'ok', id: 'p:1', crc: 77, ...slot(1) }, 'c')],
    ],
    [
      'I2 no phantom',
      'a message of another topic',
      [...good, at(200, { op: 'deliver', phase: 'ok', id: 'p:1', ...slot(1), topic: 'u' }, 'c')],
    ],
    [
      'I3 no delivery of a failed send',
      'a refused message',
      [...good, invoke(200, 3), refused(202, 3), ...receive(210, 3)],
    ],
    ['I4 one value per offset', 'two acknowledged at one offset', [...good, invoke(200, 3), placed(202, 3, 1)]],
    ['I4 one value per offset', 'another message delivered than was placed', [...good, ...receive(2000, 0, 1)]],
    [
      'I5 producer order',
      'the later message first',
      [
        ...[...good, invoke(200, 3), placed(202, 3, 0)],
        ...[invoke(0, 0), placed(2, 0, 5), ...receive(300, 0, 5), ...receive(301, 3, 0)],
      ],
    ],
    [
      'I5 producer order',
      'an answered message behind one that began later',
      [
        ...[
          invoke(0, 0),
          placed(2, 0, 5),
          invoke(3, 1),
          placed(5, 1, 4),
          drained,
          ...kill(10),
          ...receive(20, 0, 5),
          ...receive(21, 1, 4),
        ],
      ],
      { order: 'completed' },
    ],
    [
      'I6 duplicates explained',
      'a message again for no reason',
      [...good, invoke(200, 3), placed(201, 3), ...receive(600, 3), ...receive(700, 3)],
    ],
    [
      'I6 duplicates explained',
      'a certain send stored twice',
      [...good, invoke(200, 3), placed(201, 3), ...receive(600, 3), ...receive(700, 3, 8)],
    ],
    ['I6 duplicates explained', 'more copies by one death than were in flight', good, { inFlightCountMax: 0 }],
    ['I8 progress never goes back', 'a message after its ack was answered', [...good, ...receive(3000, 1)]],
    ['I8 progress never goes back', 'the same right after a kill', [...good, ...kill(200), ...receive(220, 1)]],
    ['I8 progress never goes back', 'a floor that falls', [...good, floor(130, 2)]],
    ['I15 drained', 'a group that never came to an end', without(drained)],
  ];
  it('I5 producer order: messages with one ordering key in flight together, the later first', () => {
    const swapped = (key: string) => [
      ...[...good, invoke(200, 2, key), invoke(200, 3, key), placed(202, 2, 6), placed(202, 3, 5)],
      ...[...receive(300, 3, 5), ...receive(301, 2, 6)],
    ];
    expect(Object.keys(judge(swapped('k'), { order: 'by-key' }).findings)).toContain('I5 producer order');
    expect(Object.keys(judge(swapped('k'), { order: 'completed' }).findings)).not.toContain('I5 producer order');
  });

  for (const [invariant, what, events, given] of bad) {
    it(`${invariant}: ${what}`, () => {
      const verdict = judge(events, given);
      expect(verdict.status).toBe('fail');
      expect(Object.keys(verdict.findings)).toContain(invariant);
    });
  }

  it('says where in its queue a lost message is missing', () => {
    expect(judge(without(...receive(6, 0), ...acked(8, 0))).counts.lost).toEqual({ prefix: 1, middle: 0, postfix: 0 });
    expect(judge(without(...receive(7, 1), ...receive(100, 1), ...acked(105, 1))).counts.lost.middle).toBe(1);
    expect(judge([...good, invoke(200, 3), placed(201, 3)]).counts.lost.postfix).toBe(1);
  });
});

describe('a history in which too little happened is unknown', () => {
  const idle: [what: string, events: HistoryEvent[], given?: Partial<Expectations>][] = [
    ['too few sends', good, { sendsOkMin: 3 }],
    ['too small a share of sends ok', good, { okShareMin: 0.9 }],
    ['a planned fault that did not fire', good, { plannedFaults: { 'broker-kill': 2 } }],
    ['a fault that was begun and not done', without(...kill(10).slice(1), ...receive(7, 1)), { killsInFlightMin: 0 }],
    ['no send in flight at the kill', good, { killsInFlightMin: 2 }],
  ];
  for (const [what, events, given] of idle) {
    it(what, () => {
      const verdict = judge(events, given);
      expect(Object.keys(verdict.findings)).toEqual(['I16 not vacuous']);
      expect(verdict.status).toBe('unknown');
    });
  }
});

it('a send without an answer that was delivered was in flight at the kill, even if it began while the kill was under way', () => {
  const late = [...without(invoke(9, 2)), invoke(11, 2)].sort((a, b) => a.tMonoMs - b.tMonoMs);
  expect(judge(late).counts.killsInFlight).toBe(1);
  const undelivered = late.filter(({ op, id }) => !((op === 'receive' || op === 'deliver') && id === ids[2]));
  expect(judge(undelivered).counts.killsInFlight).toBe(0);
});
